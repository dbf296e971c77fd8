"""The app: `streamlit run streamlit_app.py` serves the pages to browsers."""

import streamlit as st
from starlette.middleware import Middleware

from core.ui.security import KnownHosts, SecurityHeaders, known_hosts

app = st.App(
    "core/ui/main.py",
    middleware=[
        Middleware(KnownHosts, names=known_hosts()),
        Middleware(SecurityHeaders),
    ],
)
