# SPDX-License-Identifier: GPL-2.0-only
#
# Libraries that the tao command uses if they are there: $(optional) has their packages, $(left_out) the
# missing ones.
#
# uchardet	guesses the character set of CUE sheets and playlists; without it, Windows-1252 is assumed
#		unless the names of the files beside them say otherwise
# utf8proc	finds files whose names differ in the case, or the composition, of letters beyond ASCII
# expat		reads XSPF playlists
# libebur128	measures loudness; without it, --normalize knows the tags of files only

optional_mk := tools/tao/optional.mk
wanted := uchardet libutf8proc expat libebur128
optional := $(foreach package,$(wanted),$(shell $(PKG_CONFIG) --exists $(package) && echo $(package)))
left_out := $(filter-out $(optional),$(wanted))
optional_flags := $(if $(filter uchardet,$(optional)),-DHAVE_UCHARDET) \
	$(if $(filter libutf8proc,$(optional)),-DHAVE_UTF8PROC) $(if $(filter expat,$(optional)),-DHAVE_EXPAT) \
	$(if $(filter libebur128,$(optional)),-DHAVE_EBUR128)
