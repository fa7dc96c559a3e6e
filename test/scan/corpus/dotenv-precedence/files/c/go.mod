module c
