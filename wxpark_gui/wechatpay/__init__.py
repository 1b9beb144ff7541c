"""The wire of 用户入场通知 (partner mode, APIv2): from a checked entry to a verified reply."""
