"""A server with nothing but a slideshow: it draws pictures on request, the address says which deck."""

import asyncio
import io

import streamlit as st
from PIL import Image, ImageDraw
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from poetcore.ui.audience.invitation import invitations
from poetcore.ui.audience.routes import AUDIENCE_ROUTES


def drawn(number: int) -> bytes:
    """A picture that tells its number; every third stands upright."""
    image = Image.new(
        "RGB", (300, 400) if number % 3 == 2 else (400, 300), f"hsl({number * 37 % 360}, 45%, 55%)"
    )
    ImageDraw.Draw(image).text((150, 130), str(number), fill="white", font_size=90, anchor="mm")
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


async def picture(request: Request) -> Response:
    """`?delay=` seconds late; `?broken=1` is missing, `?broken=2` is no picture."""
    await asyncio.sleep(float(request.query_params.get("delay", 0)))
    broken = request.query_params.get("broken")
    if broken == "1":
        return Response(status_code=404)
    content = b"no picture" if broken == "2" else drawn(int(request.path_params["number"]))
    return Response(content, media_type="image/png", headers={"cache-control": "max-age=3600"})


async def heat_map(request: Request) -> Response:
    """Of the run `mapless` there is none."""
    if request.path_params["run"] == "mapless":
        return JSONResponse({"error": "This network has no map."}, 422)
    out = io.BytesIO()
    size = (300, 400) if request.path_params["number"] % 3 == 2 else (400, 300)
    Image.new("RGBA", size, (255, 140, 0, 120)).save(out, "PNG")
    return Response(out.getvalue(), media_type="image/png")


MAPS = Route("/poet/looks/{run}/{number:int}/map", heat_map)
OPEN = Route("/open", lambda _: JSONResponse(invitations().open("127.0.0.1", port=0).address))
END = Route("/end", lambda _: JSONResponse(invitations().end()))
app = st.App("page.py", routes=[Route("/pictures/{number:int}", picture), MAPS, OPEN, END, *AUDIENCE_ROUTES])
