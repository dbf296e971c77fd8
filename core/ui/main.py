"""The script that every visit runs: gate, menu, what every page shows, then the page."""

import streamlit as st

from core.ui.edge import draw_kept, errors_shown
from core.ui.frame import ICON, draw_frame
from core.ui.navigation import as_page, clean_address, page_files
from core.ui.session import may
from core.ui.typed import run_of_page

st.set_page_config(page_title="Rollcall", page_icon=str(ICON), layout="wide")
pages = [as_page(file, hidden=not may(file.least)) for file in page_files()]
chosen = st.navigation(pages)
with errors_shown(again="frame:again"), run_of_page():
    clean_address()
    draw_frame()
    draw_kept()
    chosen.run()
