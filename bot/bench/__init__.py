"""How fast it is: each row of the table sets our work against another way to do it, in one run."""
