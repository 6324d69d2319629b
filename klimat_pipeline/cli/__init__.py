"""The command ``klimat``: a thin layer over Dagster and ``operations``, one module per group of commands.

What does not belong here: arithmetic, parsing, publishing.
"""


def command() -> None:
    """The program ``klimat``; a worker process that is started from it imports this module alone."""
    from klimat_pipeline.cli.text_output import speak_utf8

    speak_utf8()
    from klimat_pipeline.cli.main import command as whole_command

    whole_command()
