"""Tables and figures as Altair charts: the only place that knows what a chart looks like.

Not for computing what is drawn. Labels take their colours from the theme; meaning is never in colour alone.
"""
