"""Why somebody is not written to: a code for programs where the contract has one, else words."""

from bot.language import N_

TRIAL = N_("only tried it out")
STOPPED = N_("said stop")
NO_MORE = N_("does not want to be written to again")
NEVER_CONSENTED = N_("has not agreed to take part")
NO_ADDRESS = N_("no address that can be reached")
NOT_CONCERNED = N_("another role")
DONE = N_("has taken part already")
IN_IT = N_("is answering already")
TOLD = N_("was told already")
QUIETLY = N_("opened quietly")
TALKING = N_("is in a conversation now")
ASKED = N_("was written to lately")
NOT_NEAR = N_("another region or language")
KNOWS = N_("knows of it already")
CALLED_OFF = N_("the session was cancelled")
TOO_LATE = N_("it would come too late")
WINDOW = "window"
WORDS = {
    WINDOW: N_("WhatsApp lets one write freely only within a day of their last message"),
    "blocked": N_("has blocked us"),
    "gone": N_("the address no longer exists"),
    "stopped": N_("said stop"),
    "forgotten": N_("asked to be forgotten"),
    "uncertain": N_("no answer came: nobody knows whether it arrived"),
    "cancelled": N_("the broadcast was cancelled"),
    "erased": N_("the address was erased"),
}
# How a recipient may stand.
STATES = (
    *(N_("waiting"), N_("sending"), N_("sent"), N_("delivered"), N_("read")),
    *(N_("failed"), N_("skipped"), N_("perhaps"), N_("cancelled")),
)
