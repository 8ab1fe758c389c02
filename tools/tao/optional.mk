# SPDX-License-Identifier: GPL-2.0-only
#
# Libraries of the tao command: $(packages) has their packages. Those that it uses if they are there
# are $(optional), and the missing ones $(left_out).
#
# uchardet	guesses the character set of CUE sheets and playlists; without it, Windows-1252 is assumed
#		unless the names of the files beside them say otherwise
# utf8proc	finds files whose names differ in the case, or the composition, of letters beyond ASCII
# expat		reads XSPF playlists
# libebur128	measures loudness; without it, --normalize knows the tags of files only

optional_mk := tools/tao/optional.mk
wanted := uchardet libutf8proc expat libebur128
optional := $(foreach package,$(wanted),$(shell $(PKG_CONFIG) --exists $(package) && echo $(package)))
packages := json-c zlib $(optional)
left_out := $(filter-out $(optional),$(wanted))
optional_flags := $(if $(filter uchardet,$(optional)),-DHAVE_UCHARDET) \
	$(if $(filter libutf8proc,$(optional)),-DHAVE_UTF8PROC) $(if $(filter expat,$(optional)),-DHAVE_EXPAT) \
	$(if $(filter libebur128,$(optional)),-DHAVE_EBUR128)
