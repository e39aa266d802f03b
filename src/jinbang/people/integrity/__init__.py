"""The integrity record (诚信档案): entries under 人社部令第31号 or for a false commitment, and what lifts them again.

A room of its own within people: rules, reads, writes and the desk's pages. Later phases write through `actions` and ask
`queries.is_on_record`.
"""
