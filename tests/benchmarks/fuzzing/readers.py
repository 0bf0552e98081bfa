"""Every reader of what somebody else may have written, with sound files to begin with."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.fuzzing import networks, pictures, records, texts

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
    """

    name: str
    seeds: Callable[[Path], list[bytes]]
    prepare: Callable[[Path, Path], Read]
    words: tuple[bytes, ...] = ()
    megabytes: int = 1500


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
    Reader("run_record", records.seeds_of("run.json"), records.reader_of("run.json"), records.JSON_WORDS),
    Reader("status", records.seeds_of("status.json"), records.reader_of("status.json"), records.JSON_WORDS),
    Reader("events", records.seeds_of("events.jsonl"), records.reader_of("events.jsonl"), records.JSON_WORDS),
    Reader("run_labels", records.seeds_of("labels.txt"), records.reader_of("labels.txt")),
    Reader(
        "head",
        records.seeds_of("head.npz"),
        records.reader_of("head.npz"),
        (b"\x93NUMPY", b"kernel.npy", b"'descr'"),
    ),
    Reader(
        "novelty",
        records.seeds_of("novelty.npy"),
        records.reader_of("novelty.npy"),
        (b"\x93NUMPY", b"'descr': '|O'"),
    ),
    Reader("split", records.seeds_of("split.csv"), records.reader_of("split.csv"), texts.LISTING_WORDS),
    Reader(
        "cross_validation",
        records.seeds_of("cross_validation.csv"),
        records.reader_of("cross_validation.csv"),
    ),
    Reader(
        "metrics",
        records.seeds_of("evaluations/*/metrics.json"),
        records.reader_of("metrics.json"),
        records.JSON_WORDS,
    ),
    Reader(
        "predictions", records.seeds_of("evaluations/*/predictions.csv"), records.reader_of("predictions.csv")
    ),
    Reader(
        "review", records.review_seeds, records.reader_of("review.csv"), (b"label_wrong", b"unusable", b'","')
    ),
    Reader("title", records.title_seeds, records.reader_of("title.txt")),
    Reader("label_groups", records.groups_seeds, records.reader_of("label_groups.json"), records.JSON_WORDS),
    Reader(
        "learning_curve", records.curve_seeds, records.reader_of("learning_curve.json"), records.JSON_WORDS
    ),
    Reader("held_out", records.held_out_seeds, records.read_held_out_file, records.JSON_WORDS),
    Reader("journal", records.journal_seeds, records.read_journal, records.JSON_WORDS),
    Reader("published", records.published_seeds, records.read_published_file, records.JSON_WORDS),
    Reader(
        "database", records.database_seeds, records.read_database, (b"SQLite format 3\x00", b"CREATE TABLE")
    ),
    Reader("inaturalist", records.taxon_seeds, records.read_taxon, records.JSON_WORDS),
)

READERS = {reader.name: reader for reader in _ALL}
