"""WeChat Pay's APIv2 (partner mode): 用户入场通知 and 用户状态查询, requests and replies."""
