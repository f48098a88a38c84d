"""What the hub sends by itself, in whatever form: signed, to an address that the operator allows, and bounded.

networks.py      which addresses of a host may be spoken to
signatures.py    Standard Webhooks 1.0
sender.py        one POST, and what its answer means
"""

from adapters.posting.sender import Sender

__all__ = ["Sender"]
