"""Reports for people: the climate account of a municipality as one page that needs no network.

Reads the published tables as any other reader would. ``climate_account`` makes the page, ``sections`` and its
neighbours say what stands in it, ``words.yaml`` holds every text in both languages, ``templates`` the page's form.
What does not belong here: computing a figure (the stages) and drawing (``charts``).
"""
