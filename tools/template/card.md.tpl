# FILL: its name

*Before it:* FILL: what its predecessors could not do. *After it:* FILL: who answered its limits.
@LENSES@
