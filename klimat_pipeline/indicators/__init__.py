"""Stage 5: indicators, one module a family. Each is a pure function of earlier tables and says its formula."""
