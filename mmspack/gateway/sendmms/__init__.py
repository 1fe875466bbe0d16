"""The SendMMS document's gateway: how it is asked, and what it answers and pushes.

`door` is the module that the rest of mmspack knows it by.
"""
