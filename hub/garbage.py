"""The garbage collector, which a process that holds much for long is better without, mostly."""

import gc


def spare_the_collector() -> None:
    """What has been made by now stays for good: the garbage collector need not look at it, nor run so often.

    What the hub makes for a request, or for a person of a file, is freed without it: it holds no cycles.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
