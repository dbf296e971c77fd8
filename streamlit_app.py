"""The app: `streamlit run streamlit_app.py` serves the pages to browsers."""

import streamlit as st
from starlette.middleware import Middleware

from core.ui.security import SecurityHeaders

app = st.App("core/ui/main.py", middleware=[Middleware(SecurityHeaders)])
