"""Whole cases whose truth is known: sites, traffic, looks, and claims that are true, false or distorted."""
