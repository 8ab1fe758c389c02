// SPDX-License-Identifier: GPL-2.0-only
/*
 * The binary interface of libtao 1.0: what programs that were built with it rely on. Numbers here
 * are never changed; a struct that grows gets a new version of the functions that take it.
 */
#include <tao.h>
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
	check_is(sizeof(struct tao_drive), 176, "struct tao_drive");
	check_is(sizeof(struct tao_medium), 104, "struct tao_medium");
	check_is(sizeof(struct tao_prepare), 120, "struct tao_prepare");
	check_is(sizeof(struct tao_track_begin), 56, "struct tao_track_begin");
	check_is(sizeof(struct tao_track_end), 40, "struct tao_track_end");
	check_is(sizeof(struct tao_status), 192, "struct tao_status");
	check_is(sizeof(struct tao_error), 232, "struct tao_error");
	check_is(sizeof(struct tao_toc), 2432, "struct tao_toc");
	check_is(sizeof(struct tao_speed), 40, "struct tao_speed");
	check_is(sizeof(struct tao_speeds), 1032, "struct tao_speeds");
	check_is(sizeof(struct tao_settings), 40, "struct tao_settings");
	check_is(sizeof(struct tao_statistics), 128, "struct tao_statistics");
	check_is(TAO_OPEN_WRITE, 1, "TAO_OPEN_WRITE");
	check_is(TAO_OPEN_NONBLOCK, 2, "TAO_OPEN_NONBLOCK");
	check_is(TAO_CLOSE_FINALIZE, 2, "TAO_CLOSE_FINALIZE");
	return ktap_end();
}
