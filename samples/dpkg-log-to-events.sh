#!/bin/sh
# Turns Debian's dpkg.log, or any file whose lines begin with a time, into monitoring events: NDJSON on standard output.
# Needs nothing but a POSIX shell and awk. See samples/README.md.
set -eu

usage() {
    cat <<'TEXT'
Usage: dpkg-log-to-events.sh [--end-now] [--source NAME] [--offset +HH:MM] [FILE ...]

Reads the files, or standard input, and writes one event a line. Lines must begin with a time, "YYYY-MM-DD HH:MM:SS" or ISO 8601;
others are skipped and counted on standard error.

  --end-now        shift all times by the same span, so that the last one is now. The server keeps events of the last 30 days only
                   and gives older ones the time of receipt (or rejects them, when validation is strict).
  --source NAME    the events' source (default: this host's name)
  --offset +HH:MM  the time zone of times that do not name one (default: this host's)
TEXT
}

fail() {
    echo "dpkg-log-to-events.sh: $1" >&2
    exit 2
}

end_now=0
source_name=$(uname -n)
offset=$(date +%z)
while [ $# -gt 0 ]; do
    case $1 in
        --end-now) end_now=1 ;;
        --source) [ $# -gt 1 ] || fail "--source needs a value"; source_name=$2; shift ;;
        --offset) [ $# -gt 1 ] || fail "--offset needs a value"; offset=$2; shift ;;
        --help | -h) usage; exit 0 ;;
        --) shift; break ;;
        -?*) fail "unknown option '$1'; --help lists what there is" ;;
        *) break ;;
    esac
    shift
done

case $offset in
    [+-][0-9][0-9][0-9][0-9]) offset=${offset%??}:${offset#???} ;;
    [+-][0-9][0-9]:[0-9][0-9] | Z) ;;
    *) fail "--offset '$offset' is not like +02:00" ;;
esac
for file in "$@"; do
    [ "$file" = - ] || [ -r "$file" ] || fail "cannot read '$file'"
done

# Bytes, not characters: awk must not stumble over a line that is not text. The values go in by the environment, because -v would
# take their backslashes for escapes.
export LC_ALL=C
EVENT_SOURCE=$source_name EVENT_OFFSET=$offset EVENT_END_NOW=$end_now EVENT_NOW=$(date -u +%s) exec awk '
BEGIN {
    source = text(ENVIRON["EVENT_SOURCE"]); offset = ENVIRON["EVENT_OFFSET"]
    end_now = ENVIRON["EVENT_END_NOW"]; now = ENVIRON["EVENT_NOW"]
    retention = 30 * 86400
    pairs = " install upgrade configure trigproc remove purge disappear "
}

# The byte values, made when they are first needed.
function ord(byte,    i) {
    if (!made) { for (i = 1; i < 256; i++) value[sprintf("%c", i)] = i; made = 1 }
    return value[byte]
}

# A JSON string. Bytes that are not UTF-8 become U+FFFD: one of them would make the whole body unreadable.
function text(raw,    out, i, length_, byte, code) {
    if (raw !~ /["\\]|[^ -~]/) return "\"" raw "\""
    out = ""; length_ = length(raw)
    for (i = 1; i <= length_; i++) {
        byte = substr(raw, i, 1); code = ord(byte)
        if (byte == "\"" || byte == "\\") out = out "\\" byte
        else if (code < 32 || code == 127) out = out sprintf("\\u%04x", code)
        else if (code < 128) out = out byte
        else { byte = sequence(raw, i, code); out = out byte; i += consumed - 1 }
    }
    return "\"" out "\""
}

# The UTF-8 sequence that begins at i, or U+FFFD for one wrong byte; consumed says how many bytes it took.
function sequence(raw, i, code,    size, j, next_, second) {
    consumed = 1
    if (code >= 194 && code <= 223) size = 2
    else if (code >= 224 && code <= 239) size = 3
    else if (code >= 240 && code <= 244) size = 4
    else return "\357\277\275"
    for (j = 1; j < size; j++) {
        next_ = ord(substr(raw, i + j, 1)) + 0
        if (next_ < 128 || next_ > 191) return "\357\277\275"
        if (j == 1) second = next_
    }
    # Too long for what they say, half a surrogate pair, or beyond the last character.
    if ((code == 224 && second < 160) || (code == 237 && second > 159) || (code == 240 && second < 144) || (code == 244 && second > 143))
        return "\357\277\275"
    consumed = size
    return substr(raw, i, size)
}

function version(raw) { return raw == "<none>" || raw == "" ? "null" : text(raw) }

# package:architecture, the latter not always there.
function package_(raw,    colon) {
    colon = index(raw, ":")
    return colon == 0 ? "\"package\":" text(raw) : "\"package\":" text(substr(raw, 1, colon - 1)) ",\"arch\":" text(substr(raw, colon + 1))
}

# Days since 1970-01-01 in the Gregorian calendar; not every awk can do this itself.
function days(year, month, day,    era, of_era, of_year) {
    year -= month <= 2
    era = int(year / 400); of_era = year - era * 400
    of_year = int((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
    return era * 146097 + of_era * 365 + int(of_era / 4) - int(of_era / 100) + of_year - 719468
}

function seconds(date, clock, zone,    shift) {
    shift = zone == "Z" ? 0 : (substr(zone, 2, 2) * 3600 + substr(zone, length(zone) - 1) * 60) * (substr(zone, 1, 1) == "-" ? -1 : 1)
    return days(substr(date, 1, 4) + 0, substr(date, 6, 2) + 0, substr(date, 9, 2) + 0) * 86400 \
        + substr(clock, 1, 2) * 3600 + substr(clock, 4, 2) * 60 + substr(clock, 7, 2) - shift
}

function iso(at, fraction,    day, rest, era, of_era, year, of_year, month) {
    day = int(at / 86400); rest = at - day * 86400
    day += 719468; era = int(day / 146097); of_era = day - era * 146097
    year = int((of_era - int(of_era / 1460) + int(of_era / 36524) - int(of_era / 146096)) / 365)
    of_year = of_era - (365 * year + int(year / 4) - int(year / 100))
    month = int((5 * of_year + 2) / 153)
    day = of_year - int((153 * month + 2) / 5) + 1
    month += month < 10 ? 3 : -9
    return sprintf("%04d-%02d-%02dT%02d:%02d:%02d%sZ", year + era * 400 + (month <= 2), month, day,
        int(rest / 3600), int(rest % 3600 / 60), rest % 60, fraction)
}

function event(rest,    count, word, type, data) {
    count = split(rest, word, " ")
    type = "dpkg." word[1]
    if (index(pairs, " " word[1] " ") && count == 4)
        data = package_(word[2]) ",\"old_version\":" version(word[3]) ",\"new_version\":" version(word[4])
    else if (word[1] == "status" && count == 4)
        data = package_(word[3]) ",\"status\":" text(word[2]) ",\"version\":" version(word[4])
    else if (word[1] == "startup" && count == 3)
        data = "\"kind\":" text(word[2]) ",\"command\":" text(word[3])
    else if (word[1] == "conffile" && count >= 3) {
        data = "\"path\":" text(substr(rest, 10, length(rest) - 10 - length(word[count]))) ",\"decision\":" text(word[count])
    } else { type = "log.line"; data = "\"line\":" text(rest) }
    return "\"event_type\":\"" type "\",\"source\":" source ",\"data\":{" data "}"
}

{
    sub(/\r$/, "")
    if ($0 !~ /^[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9][ Tt][0-2][0-9]:[0-5][0-9]:[0-6][0-9]/) { skipped += $0 != ""; next }
    date = substr($0, 1, 10); clock = substr($0, 12, 8); rest = substr($0, 20)
    fraction = ""; zone = offset
    if (match(rest, /^[.,][0-9]+/)) { fraction = "." substr(rest, 2, RLENGTH - 1); rest = substr(rest, RLENGTH + 1) }
    if (match(rest, /^[Zz]/)) { zone = "Z"; rest = substr(rest, 2) }
    else if (match(rest, /^[+-][0-9][0-9]:?[0-9][0-9]/)) { zone = substr(rest, 1, 3) ":" substr(rest, RLENGTH - 1, 2); rest = substr(rest, RLENGTH + 1) }
    sub(/^[ \t]+/, "", rest)
    at = seconds(date, clock, zone)
    if (end_now) { total++; times[total] = at; fractions[total] = fraction; events[total] = event(rest); if (total == 1 || at > last) last = at }
    else { old += now - at > retention; print "{\"timestamp\":\"" date "T" clock fraction zone "\"," event(rest) "}" }
}

END {
    for (i = 1; i <= total; i++) {
        at = times[i] + now - last; old += now - at > retention
        print "{\"timestamp\":\"" iso(at, fractions[i]) "\"," events[i] "}"
    }
    if (skipped) print "dpkg-log-to-events.sh: " skipped " lines do not begin with a time; skipped." > "/dev/stderr"
    if (old) print "dpkg-log-to-events.sh: " old " events are older than 30 days; the server will not keep those times." \
        (end_now ? "" : " --end-now shifts them.") > "/dev/stderr"
}' "$@"
