# SPDX-License-Identifier: GPL-2.0-only
#
# Makes the table of "tao help ERROR" from the pages tao.rst and messages.rst of
# Documentation/admin-guide: a line of C for each row of their tables of errors, and for each case
# of "After a failure": section, names, sense data, meaning, and what to do.

# Markup has no place on a terminal.
function plain(s)
{
	gsub(/``/, "\001", s)
	gsub(/:(doc|ref):`\/?/, "`the page ", s)
	while (match(s, /`[^`]+`_/))
		s = substr(s, 1, RSTART - 1) "\001tao help " \
			tolower(substr(s, RSTART + 1, RLENGTH - 3)) "\001" \
			substr(s, RSTART + RLENGTH)
	gsub(/`/, "", s)
	gsub(/\001/, "`", s)
	gsub(/\\\*/, "*", s)
	gsub(/^ +| +$/, "", s)
	return s
}

function quoted(s)
{
	s = plain(s)
	gsub(/\\/, "\\\\", s)
	gsub(/"/, "\\\"", s)
	return "\"" s "\""
}

function put(names, sense, meaning, remedy)
{
	printf "{ %s, %s, %s, %s, %s },\n", quoted(section), quoted(names), quoted(sense),
		quoted(meaning), quoted(remedy)
}

# Whether the second cell of a row is the meaning, not sense data.
function has_meanings()
{
	return section == "Errors" || FILENAME ~ /messages\.rst$/
}

# A heading is the row in which the last cell is a label.
function end_row()
{
	if (cells < 2 || cell[1] == "Error" || cell[1] == "Text") {
	} else if (has_meanings()) {
		put(cell[1], "", cell[2], cell[3])
	} else if (cells == 3) {
		put(cell[1], cell[2], "", cell[3])
	} else {
		gsub(/``, ``/, "; ", cell[1])
		gsub(/``/, "", cell[1])
		put(cell[1], "", "", "Check " cell[2] ".")
	}
	cells = 0
}

function end_case()
{
	if (title != "")
		put(title, "", "", text)
	title = text = ""
}

function add(s)
{
	# Lines that begin with a bar are names, one each.
	if (s ~ /^\| /)
		s = (cell[cells] == "" ? "" : "; ") substr(s, 3)
	else if (cell[cells] != "")
		s = " " s
	cell[cells] = cell[cells] s
}

/^[=-]+$/ && length($0) == length(previous) { end_case(); section = previous }
{ previous = $0 }

has_meanings() || section == "What the drive said" {
	if ($0 ~ /^   \* - /) {
		end_row()
		cell[cells = 1] = ""
		add(substr($0, 8))
	} else if (cells && $0 ~ /^     - /) {
		cell[++cells] = ""
		add(substr($0, 8))
	} else if (cells && $0 ~ /^       /) {
		add(substr($0, 8))
	} else {
		end_row()
	}
}

section == "After a failure" {
	if ($0 ~ /^\*.*\*$/) {
		end_case()
		title = $0
		gsub(/^\*"?|[."]*\*$/, "", title)
	} else if (title != "" && $0 ~ /^    /) {
		text = text (text == "" ? "" : " ") substr($0, 5)
	} else if (title != "" && $0 != "") {
		end_case()
	}
}

END { end_row(); end_case() }
