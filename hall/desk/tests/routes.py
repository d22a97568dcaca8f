"""What the addresses of the desk name: a tab, no row."""

from hall.core.testing.routes import Thing

things = {
    "desk:tab": Thing("", words={"tab": "read"}),
    "desk:leaving": Thing("", answers=(404,)),
    "desk:ready": Thing("", answers=(503,)),
}
