"""What somebody wants of a kind on a channel: the nearest of what was said."""

from collections.abc import Mapping

from domains.notifications.values import Channel, Choice

# What one person chose: by scope (a kind's code, or a category) and channel.
Chosen = Mapping[tuple[str, Channel], Choice]


def choice(
    chosen: Chosen,
    channel: Channel,
    *,
    kind: str,
    category: str,
    by_default: bool,
    is_legal: bool,
    is_digestible: bool,
) -> Choice:
    """Return what holds: of the kind before of its category before what is usual.

    What the law wants told is told, whatever was chosen of its category: in the inbox always,
    and on the channels that it usually takes. What cannot wait for a digest is told at once.
    """
    usual = Choice.ON if by_default or channel is Channel.IN_APP else Choice.OFF
    if is_legal and usual is Choice.ON:
        return Choice.ON
    said = chosen.get((kind, channel), chosen.get((category, channel), usual))
    return Choice.ON if said is Choice.DIGEST and not is_digestible else said
