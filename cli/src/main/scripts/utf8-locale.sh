# Read by the start scripts: chooses a UTF-8 locale where Java would run in one that knows only ASCII.
#
# That is so without any locale, as in most containers, with C or POSIX, and where one of the variables names a locale that is not
# installed, as after ssh. Java could then neither open nor write files whose names hold other letters.
unknown=
if command -v locale >/dev/null 2>&1; then
  charmap=$(locale charmap 2>/dev/null) || charmap=
  # Java gives up all categories for one that is not installed; the others may have a charmap nevertheless.
  unknown=$(locale 2>&1 >/dev/null) || :
else
  # As on Alpine, whose C library knows ASCII and UTF-8 alone.
  case ${LC_ALL:-${LC_CTYPE:-${LANG:-C}}} in
    C | POSIX) charmap= ;;
    *) charmap=UTF-8 ;;
  esac
fi

case $charmap:$unknown in
  : | ANSI_X3.4-1968: | US-ASCII: | *:?*)
    # macOS has C.UTF-8 since version 15 only, and programs that bring their own locales may lack it; en_US.UTF-8 is on every Mac. Some
    # versions of Linux have no C.UTF-8 either.
    case $(uname -s 2>/dev/null) in
      Darwin) candidates=en_US.UTF-8 ;;
      *) candidates='C.UTF-8 en_US.UTF-8' ;;
    esac
    for candidate in $candidates; do
      if ! command -v locale >/dev/null 2>&1 \
        || [ "$({ LC_ALL=$candidate locale charmap; } 2>/dev/null)" = UTF-8 ]; then
        if [ -n "${LC_ALL:-}$unknown" ]; then
          export LC_ALL=$candidate
        else
          export LC_CTYPE=$candidate
        fi
        break
      fi
    done
    ;;
esac
