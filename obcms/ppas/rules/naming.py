"""What a PPA is called: its code and its title (SPEC 2)."""

from obcms.kernel.rules.codes import Code
from obcms.kernel.rules.fields import Text

CODE = Code("code", longest=40, also="-", required="A PPA needs a code.")
TITLE = Text("title", required="A PPA needs a title.")
