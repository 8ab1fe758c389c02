// SPDX-License-Identifier: GPL-2.0-only
/* Results of a comparison that do not need a drive. */
#include <string.h>
#include "../../../tools/tao/compare.h"
#include "../../../tools/tao/status.h"
#include "../../../tools/tao/structure.h"
#include "../../libtao/unit/ktap.h"

static void no_track(void *data, const struct compared *compared)
{
	(void)compared;
	*(bool *)data = true;
}

static void test_nothing(void)
{
	bool called = false;
	atomic_bool stop = false;
	struct album album = { 0 };
	struct compare_job job = { .album = &album, .stop = &stop, .done = no_track,
				   .data = &called };

	check_is(compare_tracks(&job), STATUS_FAILED, "no tracks: not identical");
	check(!called && job.message, "no tracks: it says so");
	free(job.message);
}

/* Three tracks with ISRCs, "" for none. */
static struct tao_session *coded(const char *mcn, const char *first, const char *second,
				 const char *third)
{
	const char *const isrcs[] = { first, second, third };
	struct tao_session *session;

	if (tao_session_new(&session) || tao_session_set_mcn(session, mcn))
		return NULL;
	for (unsigned int i = 0; i < 3; i++) {
		struct tao_layout_track t = { .sectors = 300 };

		strcpy(t.isrc, isrcs[i]);
		t.flags = t.isrc[0] ? TAO_TRACK_ISRC : 0;
		if (tao_session_add_track(session, &t, NULL))
			check(false, "set-up");
	}
	return session;
}

/* Compares, and frees both; the texts are in the only one of its kind, or NULL for none. */
static void compare_codes(struct tao_session *wanted, struct tao_session *got,
			  const char *difference, const char *note, const char *name)
{
	struct structure s = { 0 };

	structure_compare(wanted, got, &s);
	check(difference ? s.count == 1 && strstr(s.differences[0], difference) : !s.count, name);
	check(note ? s.notes_count == 1 && strstr(s.notes[0], note) : !s.notes_count, name);
	structure_free(&s);
	tao_session_free(wanted);
	tao_session_free(got);
}

#define A "GBAYE0600001"
#define B "GBAYE0600002"
#define C "GBAYE0600003"
#define D "GBAYE0600004"
#define MCN "1234567890128"
#define OTHER_MCN "4012345678901"

/* A drive that shows no code, or that of the track beside, says nothing about the disc. */
static void test_codes(void)
{
	compare_codes(coded(MCN, A, B, C), coded(MCN, A, B, C), NULL, NULL, "the same codes");
	compare_codes(coded("", A, B, C), coded("", A, "", C), NULL,
		      "track 2: its ISRC can't be compared, the drive shows none", "an ISRC less");
	compare_codes(coded("", A, B, C), coded("", "", "", ""), NULL,
		      "3 ISRCs can't be compared", "no ISRCs");
	compare_codes(coded("", A, B, C), coded("", A, A, C), NULL, "that of the track beside it",
		      "the ISRC of the track before");
	compare_codes(coded("", A, "", C), coded("", A, C, C), NULL, "that of the track beside it",
		      "the ISRC of the track behind");
	compare_codes(coded("", A, B, C), coded("", C, B, C), "track 1: ISRC " C " instead of " A,
		      NULL, "the ISRC of a track that is not beside");
	compare_codes(coded("", A, B, C), coded("", A, D, C), "track 2: ISRC " D " instead of " B,
		      NULL, "another ISRC");
	compare_codes(coded("", A, "", C), coded("", A, D, C), NULL, "which the files do not say",
		      "an ISRC that was an option");
	compare_codes(coded(MCN, A, B, C), coded("", A, B, C), NULL, "the drive shows none",
		      "no catalogue number");
	compare_codes(coded("", A, B, C), coded(MCN, A, B, C), NULL, "which the files do not say",
		      "a catalogue number that was an option");
	compare_codes(coded(MCN, A, B, C), coded(OTHER_MCN, A, B, C),
		      "catalogue number " OTHER_MCN " instead of " MCN, NULL,
		      "another catalogue number");
}

int main(void)
{
	ktap_seed();
	test_nothing();
	test_codes();
	return ktap_end();
}
