"""The look-up index: in which files rows stand, by their ids and addresses, and where captures do.

It stands in `state/lookup/` and follows the batches. Where it cannot be kept, files are searched.
"""
