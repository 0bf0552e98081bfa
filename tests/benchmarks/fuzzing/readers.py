"""Every reader of what somebody else may have written, with sound files to begin with."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.fuzzing import networks, pictures, records, run_files, texts

__all__ = ["READERS", "Reader"]

Read = Callable[[bytes], object]


@dataclass(frozen=True)
class Reader:
    """Something that reads files.

    Attributes:
        name: in the options.
        seeds: returns sound files, given a workspace with a run.
        prepare: returns the function that reads one file, given an empty folder and that workspace.
        words: what means something in such files.
        megabytes: of memory that it may take beside what the process has.
        seal: returns a file with its checksums computed again; None where there are none inside.
    """

    name: str
    seeds: Callable[[Path], list[bytes]]
    prepare: Callable[[Path, Path], Read]
    words: tuple[bytes, ...] = ()
    megabytes: int = 1500
    seal: Callable[[bytes], bytes] | None = None


_ALL = (
    Reader("picture", pictures.picture_seeds, pictures.read_picture, pictures.PICTURE_WORDS),
    Reader("rare_picture", pictures.rare_seeds, pictures.read_picture, pictures.PICTURE_WORDS),
    Reader("exif", pictures.exif_seeds, pictures.read_exif, pictures.PICTURE_WORDS),
    Reader("icc", pictures.icc_seeds, pictures.read_icc),
    Reader(
        "xmp",
        pictures.xmp_seeds,
        pictures.read_xmp,
        (b"<!ENTITY a 'b'>", b"<x:xmpmeta", b"</", b"tiff:Orientation"),
    ),
    Reader(
        "video",
        pictures.video_seeds,
        pictures.read_video,
        (b"moov", b"mdat", b"stts", b"tkhd", b"avc1", b"stco"),
    ),
    Reader("zip", texts.zip_seeds, texts.read_zip, texts.ZIP_WORDS),
    Reader("tar", texts.tar_seeds, texts.read_tar),
    Reader("listing", texts.listing_seeds, texts.read_listing_file, texts.LISTING_WORDS),
    Reader("labels", texts.labels_seeds, texts.read_labels_files),
    Reader(
        "urls",
        texts.urls_seeds,
        texts.read_urls_files,
        (b"http://", b"https://[", b"@", b"xn--", b"#xywh=percent:"),
    ),
    Reader(
        "annotation",
        texts.annotation_seeds,
        texts.read_annotation,
        (b"<!DOCTYPE", b"inf", b"nan", b"<bndbox>"),
    ),
    Reader(
        "robots",
        texts.robots_seeds,
        texts.read_robots,
        (b"User-agent: *\n", b"Disallow: ", b"*", b"$", b"Crawl-delay: "),
    ),
    Reader(
        "options",
        texts.options_seeds,
        texts.read_options,
        (b"%", b"-", b"1e400", b"\xc2\xb2", b"::", b"..", b"all"),
    ),
    Reader(
        "weights",
        networks.weights_seeds,
        networks.read_weights,
        (b"ctorch\n", b"cposix\nsystem\n", b"R", b"Q", b"."),
    ),
    Reader("lite_graph", networks.lite_seeds, networks.read_lite),
    Reader(
        "graph",
        networks.graph_seeds,
        networks.read_graph,
        (b"WriteFile", b"ReadFile", b"Const", b"PyFunc"),
        3000,
    ),
    Reader(
        "run_record",
        run_files.seeds_of("run.json"),
        run_files.reader_of("run.json"),
        run_files.JSON_WORDS,
        seal=run_files.seal,
    ),
    Reader(
        "status",
        run_files.seeds_of("status.json"),
        run_files.reader_of("status.json"),
        run_files.JSON_WORDS,
        seal=run_files.seal,
    ),
    Reader(
        "events",
        run_files.seeds_of("events.jsonl"),
        run_files.reader_of("events.jsonl"),
        run_files.JSON_WORDS,
        seal=run_files.seal,
    ),
    Reader("run_labels", run_files.seeds_of("labels.txt"), run_files.reader_of("labels.txt")),
    Reader(
        "head",
        run_files.head_seeds,
        run_files.reader_of("head.npz"),
        (b"\x93NUMPY", b"kernel.npy", b"'descr'"),
    ),
    Reader(
        "novelty",
        run_files.novelty_seeds,
        run_files.reader_of("novelty.npy"),
        (b"\x93NUMPY", b"'descr': '|O'"),
    ),
    Reader("split", run_files.seeds_of("split.csv"), run_files.reader_of("split.csv"), texts.LISTING_WORDS),
    Reader(
        "cross_validation",
        run_files.seeds_of("cross_validation.csv"),
        run_files.reader_of("cross_validation.csv"),
    ),
    Reader(
        "metrics",
        run_files.seeds_of("evaluations/*/metrics.json"),
        run_files.reader_of("metrics.json"),
        run_files.JSON_WORDS,
        seal=run_files.seal,
    ),
    Reader(
        "predictions",
        run_files.seeds_of("evaluations/*/predictions.csv"),
        run_files.reader_of("predictions.csv"),
    ),
    Reader(
        "review",
        run_files.review_seeds,
        run_files.reader_of("review.csv"),
        (b"label_wrong", b"unusable", b'","'),
    ),
    Reader("title", run_files.title_seeds, run_files.reader_of("title.txt")),
    Reader(
        "label_groups",
        run_files.groups_seeds,
        run_files.reader_of("label_groups.json"),
        run_files.JSON_WORDS,
        seal=run_files.seal,
    ),
    Reader(
        "learning_curve",
        run_files.curve_seeds,
        run_files.reader_of("learning_curve.json"),
        run_files.JSON_WORDS,
        seal=run_files.seal,
    ),
    Reader(
        "held_out",
        records.held_out_seeds,
        records.read_held_out_file,
        run_files.JSON_WORDS,
        seal=run_files.seal,
    ),
    Reader("journal", records.journal_seeds, records.read_journal, run_files.JSON_WORDS, seal=run_files.seal),
    Reader(
        "published",
        records.published_seeds,
        records.read_published_file,
        run_files.JSON_WORDS,
        seal=run_files.seal,
    ),
    Reader(
        "database", records.database_seeds, records.read_database, (b"SQLite format 3\x00", b"CREATE TABLE")
    ),
    Reader("lists", records.lists_seeds, records.read_lists, run_files.JSON_WORDS),
    Reader("offer", records.offer_seeds, records.read_offer, (b".zip", b"../", b"/etc", b"-1", b"1e400")),
    Reader("origin", records.origin_seeds, records.read_origin, run_files.JSON_WORDS),
    Reader("map", records.map_seeds, records.read_map, (b"\x93NUMPY", b"'descr': '|O'", b"values.npy")),
    Reader("inaturalist", records.taxon_seeds, records.read_taxon, run_files.JSON_WORDS),
)

READERS = {reader.name: reader for reader in _ALL}
