"""What the console tool says."""

from __future__ import annotations

from collections.abc import Callable

from wxpark_gui.domain.errors import Field
from wxpark_gui.domain.health import Health, Subject


class ConsoleWords:
    """Help texts and labels of `wxpark`, in one language."""

    def __init__(self, translate: Callable[[str], str]) -> None:
        _ = translate
        self.program = _("Tell WeChat Pay that a car has entered; set up and examine a booth.")
        self.version = _("print the version and stop")
        self.data_directory = _("keep everything in DIR instead of the usual place")
        self.language = _("language of what is printed")
        self.json = _("print JSON")
        self.training = _("use the embedded training gateway: nothing is sent to WeChat")
        self.notify = _("send one entry and print the owner's state")
        self.query = _("ask for the state of a plate's owner; registers no entry")
        self.query_plate = _("number plate")
        self.plate = _("number plate; required in the scene 'parking'")
        self.car_type = _("kind of car")
        self.scene = _("a car park with a barrier, or a single bay")
        self.space_number = _("number of the bay")
        self.openid = _("the driver's id under appid")
        self.sub_openid = _("the driver's id under sub_appid")
        self.start_time = _("entry time in Beijing, YYYYMMDDhhmmss; now when left out")
        self.merchant = _("enter, show or remove the merchant")
        self.merchant_set = _("enter the merchant, or change what is named of it")
        self.merchant_show = _("show the ids; the key is never shown")
        self.merchant_forget = _("remove the ids, and the key from the keyring")
        self.merchant_field = {
            Field.APPID: _("APPID bound to the service provider"),
            Field.MCH_ID: _("the service provider's merchant number"),
            Field.SUB_APPID: _("the sub-merchant's APPID"),
            Field.SUB_MCH_ID: _("the sub-merchant's number"),
            Field.PARKING_NAME: _("name of the car park, as the driver sees it"),
            Field.FREE_TIME: _("free period in seconds"),
            Field.NOTIFY_URL: _("address for later state changes"),
            Field.GATEWAY_URL: _("another gateway: https, or http on this computer"),
            Field.BOOTH: _("name of the booth"),
            Field.PLATE_PREFIX: _("province and letter that a plate begins with by itself, as 粤B"),
        }
        self.key_as_argument = _(
            "--key is refused: other programs can read arguments. Use --key-stdin instead."
        )
        self.key_absent = _("The keyring holds no key for merchant {mch_id}; one is read now.")
        self.unknown_arguments = _("unknown arguments: {names}")
        self.key_stdin = _("read a new APIv2 key from standard input")
        self.key_prompt = _("APIv2 key (not shown while typed): ")
        self.journal = _("look at the entries kept on this computer")
        self.journal_list = _("print all entries, oldest first")
        self.journal_verify = _("check the journal's file from end to end")
        self.journal_flush = _("send what waits, now, and wait until that is done")
        self.journal_sound = _("The journal is sound: {count} entries.")
        self.journal_flushed = _("Sent: {sent}. Still waiting: {waiting}.")
        self.gateway = _("run the training gateway by itself")
        self.port = _("port on 127.0.0.1; a free one when left out")
        self.fault = _("misbehave in this way; may be given more than once")
        self.doctor = _("examine this booth; changes nothing")
        self.kept = _("Merchant and key are kept.")
        self.forgotten = _("Merchant and key are removed.")
        self.key_is_kept = _("in the keyring")
        self.key = _("key")
        self.training_mark = _("TRAINING: nothing was sent to WeChat")
        self.second_enter = _("This plate has an unusual form; it was sent as typed.")
        self.not_chargeable = _("WeChat deducts only for blue and green plates.")
        self.subject = {
            Subject.DATA_DIRECTORY: _("data directory"),
            Subject.JOURNAL: _("journal, entries waiting"),
            Subject.SETTINGS: _("settings of booth"),
            Subject.MERCHANT: _("merchant"),
            Subject.KEYRING: _("keyring"),
            Subject.KEY: _("merchant key"),
            Subject.GATEWAY: _("line to the gateway"),
            Subject.VERSION_FILE: _("newest version, as the version file says"),
        }
        self.health = {
            Health.GOOD: _("good"),
            Health.WARNING: _("look here"),
            Health.BAD: _("mend this"),
        }
        self.bug = _("The program failed ({name}). What was saved is safe; the log says more.")
