// SPDX-License-Identifier: GPL-2.0-only
/*
 * The binary interface of libtao 1.0, which programs rely on that were built with it. Numbers
 * here never change; if a struct grows, its functions get a new version.
 */
#include <tao.h>
#include <tao_cdtext.h>
#include "ktap.h"

int main(void)
{
	ktap_seed();
	check_is(sizeof(struct tao_verify), 88, "struct tao_verify");
	check_is(offsetof(struct tao_verify, offset_samples), 4, "tao_verify.offset_samples");
	check_is(offsetof(struct tao_verify, samples), 8, "tao_verify.samples");
	check_is(offsetof(struct tao_verify, compared_samples), 16, "tao_verify.compared_samples");
	check_is(offsetof(struct tao_verify, edge_samples), 24, "tao_verify.edge_samples");
	check_is(offsetof(struct tao_verify, different_samples), 32,
		 "tao_verify.different_samples");
	check_is(offsetof(struct tao_verify, first_different), 40, "tao_verify.first_different");
	check_is(offsetof(struct tao_verify, unreadable_sectors), 48,
		 "tao_verify.unreadable_sectors");
	check_is(offsetof(struct tao_verify, shift_samples), 52, "tao_verify.shift_samples");
	check_is(offsetof(struct tao_verify, reserved), 56, "tao_verify.reserved");
	check_is(TAO_VERIFY_NO_OFFSET, 1, "TAO_VERIFY_NO_OFFSET");
	check_is(TAO_VERIFY_AMBIGUOUS, 2, "TAO_VERIFY_AMBIGUOUS");
	check_is(TAO_VERIFY_OFFSET_KNOWN, 4, "TAO_VERIFY_OFFSET_KNOWN");
	check_is(TAO_VERIFY_SHIFTED, 8, "TAO_VERIFY_SHIFTED");
	check_is(TAO_VERIFY_UNDECIDED, 16, "TAO_VERIFY_UNDECIDED");
	check_is(TAO_VERIFY_GIVEN_UP, 32, "TAO_VERIFY_GIVEN_UP");
	check_is(TAO_VERIFY_OFFSET_MAX, 4000, "TAO_VERIFY_OFFSET_MAX");
	check_is(sizeof(struct tao_cdtext_note), 32, "struct tao_cdtext_note");
	check_is(offsetof(struct tao_cdtext_note, block), 4, "tao_cdtext_note.block");
	check_is(offsetof(struct tao_cdtext_note, type), 8, "tao_cdtext_note.type");
	check_is(offsetof(struct tao_cdtext_note, track), 12, "tao_cdtext_note.track");
	check_is(offsetof(struct tao_cdtext_note, character), 16, "tao_cdtext_note.character");
	check_is(offsetof(struct tao_cdtext_note, replacement), 24, "tao_cdtext_note.replacement");
	check_is(TAO_CDTEXT_TITLE, 0x80, "TAO_CDTEXT_TITLE");
	check_is(TAO_CDTEXT_CODE, 0x8e, "TAO_CDTEXT_CODE");
	check_is(TAO_CDTEXT_MS_JIS, 0x80, "TAO_CDTEXT_MS_JIS");
	check_is(TAO_CDTEXT_REPLACED, 0, "TAO_CDTEXT_REPLACED");
	check_is(TAO_CDTEXT_BAD_CHARSET, 5, "TAO_CDTEXT_BAD_CHARSET");
	check_is(TAO_CDTEXT_BLOCKS_MAX, 8, "TAO_CDTEXT_BLOCKS_MAX");
	check_is(sizeof(struct tao_recover), 32, "struct tao_recover");
	check_is(sizeof(struct tao_finalize), 24, "struct tao_finalize");
	check_is(sizeof(struct tao_blank), 24, "struct tao_blank");
	check_is(TAO_CLOSE_NOTHING, 0, "TAO_CLOSE_NOTHING");
	check_is(TAO_CLOSE_SESSION, 1, "TAO_CLOSE_SESSION");
	check_is(TAO_ERROR_FIRST, 0, "TAO_ERROR_FIRST");
	check_is(TAO_ERROR_LATEST, 1, "TAO_ERROR_LATEST");
	check_is(TAO_OPEN_READ, 0, "TAO_OPEN_READ");
	check_is(sizeof(struct tao_drive), 176, "struct tao_drive");
	check_is(sizeof(struct tao_medium), 104, "struct tao_medium");
	check_is(sizeof(struct tao_prepare), 120, "struct tao_prepare");
	check_is(sizeof(struct tao_track_begin), 56, "struct tao_track_begin");
	check_is(sizeof(struct tao_track_end), 40, "struct tao_track_end");
	check_is(sizeof(struct tao_status), 192, "struct tao_status");
	check_is(sizeof(struct tao_error), 232, "struct tao_error");
	check_is(sizeof(struct tao_toc), 2432, "struct tao_toc");
	check_is(sizeof(struct tao_text), 32, "struct tao_text");
	check_is(sizeof(struct tao_layout), 80, "struct tao_layout");
	check_is(sizeof(struct tao_layout_track), 48, "struct tao_layout_track");
	check_is(offsetof(struct tao_layout_track, isrc), 16, "tao_layout_track.isrc");
	check_is(TAO_LAYOUT_ANY_DATA, 1, "TAO_LAYOUT_ANY_DATA");
	check_is(TAO_SESSION_NO_MARKS, 1, "TAO_SESSION_NO_MARKS");
	check_is(sizeof(struct tao_speed), 40, "struct tao_speed");
	check_is(sizeof(struct tao_speeds), 1032, "struct tao_speeds");
	check_is(sizeof(struct tao_settings), 40, "struct tao_settings");
	check_is(sizeof(struct tao_statistics), 128, "struct tao_statistics");
	check_is(TAO_OPEN_WRITE, 1, "TAO_OPEN_WRITE");
	check_is(TAO_OPEN_NONBLOCK, 2, "TAO_OPEN_NONBLOCK");
	check_is(TAO_CLOSE_FINALIZE, 2, "TAO_CLOSE_FINALIZE");
	return ktap_end();
}
