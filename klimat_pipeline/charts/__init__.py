"""Charts for the assets' pages: plain Vega-Lite specifications, a frame in, a chart out, one style.

``style`` holds the colours and makes pictures. What does not belong here: computing a figure.
"""
