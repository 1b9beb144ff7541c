"""Times calls with `wechatpy`, which this process must find in `PYTHONPATH`.

Each line of standard input is one call, `{"url": …, "key": …, "fields": {…}}`; each line of the
output its milliseconds. The client is made before the first.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

from wechatpy.pay import WeChatPay  # type: ignore[import-not-found, unused-ignore]


def main() -> None:
    """Answer each line of standard input until its end."""
    client: Any = None
    for line in sys.stdin:
        task = json.loads(line)
        fields = task["fields"]
        if client is None:
            client = WeChatPay(fields["appid"], task["key"], fields["mch_id"], fields["sub_mch_id"])
        began = time.perf_counter()
        reply = client.post(
            "vehicle/partnerpay/notification", api_base_url=f"{task['url']}/", data=dict(fields)
        )
        took = time.perf_counter() - began
        if reply["user_state"] != "NORMAL":
            raise RuntimeError("the gateway refused the call")
        sys.stdout.write(f"{1000 * took}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
