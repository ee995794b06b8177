"""Plotly figures of every diagnosis; the same figure stands in a notebook and in a report."""
