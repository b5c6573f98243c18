"""What each channel can show and carry, as data that one can print and compare."""

from datetime import timedelta

from channels.base import Capabilities, Pace

MB = 1_000_000

TELEGRAM = Capabilities(
    text_limit=4096,
    text_unit="utf16",
    caption_limit=1024,
    buttons=100,
    buttons_in_row=8,
    button_label=40,  # Telegram takes more, a phone's screen does not
    button_data_bytes=64,
    toggles=True,
    list_items=100,
    list_label=40,
    plays_sound=True,
    carries=frozenset({"voice", "audio", "photo", "document"}),
    file_limit=50 * MB,
    file_limit_in=20 * MB,
    hears=True,
    place=True,
    can_begin=False,
    edits=True,
    acknowledges=True,
    overall=Pace(30, 1),
    per_address=Pace(1, 3),
    per_group=Pace(20 / 60, 1),  # never more than twenty a minute
    group_sign="-",
)

SMS = Capabilities(
    text_limit=10,
    text_unit="segments",
    hears=True,  # as MMS brings it, where it does
    file_limit_in=5 * MB,
    can_begin=True,
    reports=True,
    overall=Pace(10, 1),
    per_address=Pace(10, 20),  # no provider asks for less, and a long answer is many segments
    unit="segment",
)

WHATSAPP = Capabilities(
    text_limit=1024,  # Twilio takes 1,600, but not above buttons
    text_unit="char",
    buttons=3,
    buttons_in_row=1,
    button_label=20,
    button_data_bytes=128,
    list_items=10,
    list_label=24,
    plays_sound=True,
    carries=frozenset({"voice", "audio", "photo", "document"}),
    file_limit=16 * MB,
    file_limit_in=16 * MB,
    hears=True,
    window=timedelta(hours=23, minutes=55),  # Meta's is 24 h, counted by Meta's clock
    can_begin=True,
    reports=True,
    overall=Pace(80, 1),
    per_address=Pace(5, 10),  # the figure for one pair of numbers is not for answers
)

BY_NAME = {"telegram": TELEGRAM, "sms": SMS, "whatsapp": WHATSAPP}
