"""A segment, a destination and an activation to test with."""

from datetime import datetime

from core.store.activations import ActivationSettings, ActivationView, create_activation
from core.store.database import Store
from core.store.destinations import DestinationSettings, create_destination
from core.store.run_changes import NewRun, Owner
from core.store.secrets import SecretBox
from core.store.segments import create_segment

ANN = "ann"
OWNER = Owner("process-1", 60)
TREE = '{"field": "spent", "gte": 200.10}'


def box(store: Store) -> SecretBox:
    return SecretBox(store.settings)


def destination(
    account: str = "https://api.batch.com p1", name: str = "CRM"
) -> DestinationSettings:
    return DestinationSettings(
        name=name,
        platform="batch",
        config='{"origin": "https://api.batch.com"}',
        account=account,
        secrets={"rest_api_key": "s3cret"},
        secret_sources={"rest_api_key": "BATCH_REST_API_KEY"},
    )


def activation(audience: str = "vip", destination_key: str = "crm") -> ActivationSettings:
    return ActivationSettings(
        segment_key="vip",
        destination_key=destination_key,
        audience_name=audience,
        display_name="VIP",
        external_id="customer_id",
        attributes={"tier": "loyalty_tier"},
        schedule='"manual"',
        guards="{}",
    )


def furnish(store: Store, *, key: str = "vip_to_batch") -> ActivationView:
    """Save one of each and return the activation."""
    with store.write(ANN) as session:
        create_segment(session, "vip", name="VIP", tree=TREE, resolved="{}")
        create_destination(session, "crm", destination(), box(store))
        return create_activation(session, key, activation())


def new_run(of: ActivationView, slot_at: datetime | None = None, *, priority: int = 0) -> NewRun:
    return NewRun(of.id, of.audience_id, "manual", slot_at=slot_at, priority=priority)
