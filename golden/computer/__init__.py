"""The computer that runs us: where what is made may be kept, outside programs, and what is the machine's fault.

    cache       the folder for what can be made again, and where other packages keep theirs
    processes   outside programs: each in a group of its own, which ends with us
    figures     the one door to matplotlib
    c_compiler  the one that compiles generated C
    blame       why a program failed, where the reason is the machine and not what it was given

In: the environment. Out: a folder, an ended program with its words, one line for the user. Only Python's own library,
until a figure is drawn: `hel doctor` runs where nothing else can be imported.

May import of golden: errors.
"""
