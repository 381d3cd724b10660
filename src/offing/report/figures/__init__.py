"""Figures: SVG as text, pictures as PNG. Pure functions of the report's data, without a style of their own.

Colours come from the page's CSS variables through class names, so that one figure serves light, dark and print.
"""
