"""The matcher: a snapshot in, a proposal out; integers, no clock, no tables, no randomness.

Stage A chooses which needs go ahead with whose help (HiGHS), stage B who is asked for which
place (a min-cost flow, or a linear program where shifts overlap), and A hears where B fell short.
Every result carries its bound; every hard rule stands in `fitness` and in `selecting`, and
`checking` holds any proposal against them.
"""
