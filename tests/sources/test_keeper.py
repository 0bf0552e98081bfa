"""Which pictures are kept, and under which names."""

from tests.conftest import encoded, fill, picture
from tests.data.test_placeholders import PAGES
from tests.sources.conftest import files, reasons


def test_a_name_is_safe_and_fits_the_content(server, run):
    png = encoded(picture(1), "PNG")
    gathered = run(
        a=[server.body("/My photo: of a <daisy>.jpeg", png), server.body("/", encoded(picture(2)))]
    )
    names = [path.split("/")[1] for path in files(gathered.dest)]
    assert [name[:-15] + name[-4:] for name in names] == ["My_photo_of_a_daisy.png", "picture.jpg"]


def test_the_same_picture_is_kept_once(server, run):
    same = encoded(picture(1))
    gathered = run(daisy=[server.body("/a.jpg", same), server.body("/b.jpg", same)])
    assert (len(files(gathered.dest)), reasons(gathered)[0][:29]) == (1, "is the same picture as daisy/")


def test_the_same_picture_is_kept_once_across_labels(server, run):
    same = encoded(picture(1))
    gathered = run(daisy=[server.body("/a.jpg", same)], rose=[server.body("/b.jpg", same)])
    assert len(files(gathered.dest)) == 1


def test_the_same_picture_encoded_again_is_kept_once(server, run):
    photo = picture(1)
    listed = [
        server.body("/a.png", encoded(photo, "PNG")),
        server.body("/b.png", encoded(photo, "PNG", compress_level=0)),
    ]
    assert len(files(run(daisy=listed).dest)) == 1


def test_a_picture_of_the_users_own_is_not_fetched_beside_it(server, run, tmp_path):
    own = fill(tmp_path / "dest", {"rose": 1}) / "rose" / "rose_000.jpg"
    gathered = run(daisy=[server.body("/a.jpg", own.read_bytes())])
    assert reasons(gathered) == ["is the same picture as rose/rose_000.jpg"]


def test_the_same_picture_from_many_urls_of_a_host_is_a_placeholder(server, run):
    gone = encoded(picture(7))
    listed = [server.body(f"/gone{i}.jpg", gone) for i in range(5)]
    gathered = run(daisy=[*listed[:3], *server.photos(2, first=20)], rose=listed[3:])
    assert [path[:11] for path in files(gathered.dest)] == ["daisy/photo"] * 2
    assert [tally.rejected for tally in gathered.labels.values()] == [3, 2]


def test_a_placeholder_is_known_in_the_next_run(server, run):
    gone = encoded(picture(7))
    run(daisy=[server.body(f"/gone{i}.jpg", gone) for i in range(3)])
    assert files(run(rose=[server.body("/other.jpg", gone)]).dest) == []


def test_a_picture_of_the_users_own_is_never_deleted_as_a_placeholder(server, run, tmp_path):
    own = fill(tmp_path / "dest", {"rose": 1}) / "rose" / "rose_000.jpg"
    run(daisy=[server.body(f"/gone{i}.jpg", own.read_bytes()) for i in range(4)])
    assert files(tmp_path / "dest") == ["rose/rose_000.jpg"]


def test_the_page_that_a_site_shows_for_a_picture_that_is_gone_is_a_placeholder(server, run):
    gone = [server.body(f"/{name}.png", encoded(PAGES[name], "PNG")) for name in ("flickr", "imgur")]
    gathered = run(daisy=[*gone, *server.photos(2)])
    assert reasons(gathered) == ["is a placeholder: a page that says that the picture is gone"] * 2


def test_a_drawing_of_another_size_is_kept(server, run):
    drawing = encoded(PAGES["icon"], "PNG")
    assert len(files(run(signs=[server.body("/sign.png", drawing)]).dest)) == 1
