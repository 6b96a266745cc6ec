"""Questions to the index, answered as typed rows: who said it, what a speaker said, and more.

In comes a connection from `open_index`, out go records for `present` or a program.  Nothing
is written.  Words are searched as a phrase of whole words, in any case, with any kind of
mark; the default view is what was said (assertions), `everything=True` adds what is believed,
known, wanted or planned.  What few ask and what loads more has modules of its own: `compared`
and `evidence`.
"""
