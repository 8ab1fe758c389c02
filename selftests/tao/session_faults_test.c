// SPDX-License-Identifier: GPL-2.0-only
/*
 * Each command of a session at once with each possible fault. Success means that the disc matches
 * the layout. A disc that got nothing of the session can be burned; a disc that got a part of it is
 * marked as failed. In guest time, so that timeouts cost nothing.
 * lab: --icount --bare
 * A fault hits the Nth command of its kind, so nobody else may send any.
 * timeout: 3600
 *
 * Without an argument a third of the faults is tried, by the seed. A word selects the faults whose
 * description contains it, "" all of them.
 */
#define _GNU_SOURCE
#include "faults.h"
#include "image.h"

#define SECTORS(n)	((n) * TAO_SECTOR_SIZE)
#define TRACK		320
#define ALL		(2 * TRACK)
#define WRITE_BYTES	(32 * TAO_SECTOR_SIZE)
#define OP_PREVENT	0x1e
#define OP_SEND_OPC	0x54
#define OP_CUE_SHEET	0x5d

static const struct {
	unsigned int opcode;
	const char *name;
	bool reply;
} commands[] = {
	{ 0x00, "TEST UNIT READY", false },
	{ OP_PREVENT, "PREVENT ALLOW MEDIUM REMOVAL", false },
	{ OP_WRITE, "WRITE", false },
	{ OP_SYNC_CACHE, "SYNCHRONIZE CACHE", false },
	{ 0x43, "READ TOC/PMA/ATIP", true },
	{ 0x46, "GET CONFIGURATION", true },
	{ 0x51, "READ DISC INFORMATION", true },
	{ 0x52, "READ TRACK INFORMATION", true },
	{ OP_SEND_OPC, "SEND OPC INFORMATION", false },
	{ OP_MODE_SELECT, "MODE SELECT", false },
	{ 0x5a, "MODE SENSE", true },
	{ OP_CUE_SHEET, "SEND CUE SHEET", false },
	{ 0xac, "GET PERFORMANCE", true },
	{ 0xbb, "SET CD SPEED", false },
};

#define COMMANDS	(sizeof(commands) / sizeof(*commands))

/* How much of the session the disc has */
enum disc { DISC_BLANK, DISC_WHOLE, DISC_PART };
static const char *const disc_names[] = { "blank", "whole", "in part" };

static char audio[SECTORS(ALL)];
static unsigned int in_session[256];
static unsigned int cases, outcomes[2][3];

/* A pack of the documents of libburn; and a size pack. */
static const __u8 packs[2][TAO_TEXT_PACK_BYTES] = {
	{ 0x80, 0x00, 0x00, 0x00, 0x4a, 0x6f, 0x79, 0x66, 0x75, 0x6c, 0x20, 0x4e, 0x69, 0x67,
	  0x68, 0x74, 0xf0, 0xf7 },
	{ 0x8f, 0x00, 0x2a, 0x00, 0x01, 0x01, 0x03, 0x00, 0x06, 0x05, 0x04, 0x05, 0x07, 0x06,
	  0x01, 0x02, 0x48, 0x65 },
};

static int begin(int fd)
{
	struct tao_layout_track tracks[2] = { { .sectors = TRACK }, { .sectors = TRACK } };
	struct tao_layout layout = {
		.close = TAO_CLOSE_FINALIZE, .tracks_count = 2, .tracks = (__u64)tracks,
		.text = (__u64)packs, .text_bytes = sizeof(packs),
	};

	return ioctl(fd, TAO_IOC_SESSION_BEGIN, &layout);
}

static int write_all(int fd)
{
	size_t at;

	for (at = 0; at < sizeof(audio); at += WRITE_BYTES)
		if (write(fd, audio + at, WRITE_BYTES) != WRITE_BYTES)
			return -1;
	return 0;
}

/* Returns the errno of the first call that failed. */
static int burn(void)
{
	struct tao_prepare p = { 0 };
	struct tao_track_end e = { 0 };
	struct tao_finalize f = { .close = TAO_CLOSE_NOTHING };
	int fd = open(sim_tao, O_WRONLY), error = 0, next;
	double began = clock_s();

	if (fd < 0)
		return errno;
	if (ioctl(fd, TAO_IOC_PREPARE, &p) || begin(fd)) {
		error = errno;
		timed("SESSION_BEGIN", began);
		goto release;
	}
	timed("SESSION_BEGIN", began);
	began = clock_s();
	error = write_all(fd) ? errno : 0;
	timed("write", began);
	began = clock_s();
	next = ioctl(fd, TAO_IOC_TRACK_END, &e) ? errno : 0;
	timed("TRACK_END", began);
	error = error ?: next;
release:
	began = clock_s();
	next = ioctl(fd, TAO_IOC_RELEASE, &f) ? errno : 0;
	timed("RELEASE", began);
	close(fd);
	/* EBADFD: the disc is not prepared any more. */
	return error ?: next == EBADFD ? 0 : next;
}

static enum disc look(void)
{
	static char text[IMAGE_TEXT_BYTES], disc[SECTORS(ALL)];

	image_read(text, sizeof(text), 0);
	if (!strstr(text, "\ntrack "))
		return DISC_BLANK;
	if (image_can_read(disc, sizeof(disc), IMAGE_TEXT_BYTES + SECTORS(150)) &&
	    strstr(text, "state closed leadout 640 ") && strstr(text, "\ntext 8000") &&
	    strstr(text, "\ntrack 2 control 0 start 320 length 320 state recorded") &&
	    !memcmp(disc, audio, sizeof(disc)))
		return DISC_WHOLE;
	return DISC_PART;
}

/* Nothing of the session is on the disc, so an album can be burned on it. */
static void burn_again(void)
{
	int error;

	if (sim_medium().flags & TAO_MEDIUM_TRACK_FAILED)
		complain("a blank disc is marked as failed");
	error = burn();
	if (error)
		complain("once more: %s: %s", strerror(error), sim_error(TAO_ERROR_FIRST).text);
	else if (look() != DISC_WHOLE)
		complain("once more: the disc is %s", disc_names[look()]);
}

static void judge(const struct fault *fault, unsigned int opcode, int error, enum disc disc)
{
	/* Audio that a drive did not write can't be missed. */
	bool unseen = fault->lies && opcode == OP_WRITE;
	/* A drive that comes back is a new one for the module. */
	bool forgotten = fault->after == DRIVE_OUT;

	outcomes[!!error][disc]++;
	if (!error && disc != DISC_WHOLE && !unseen)
		complain("a loss that nobody was told of: the disc is %s", disc_names[disc]);
	if (error && disc == DISC_BLANK)
		burn_again();
	if (error && disc == DISC_PART && !forgotten &&
	    !(sim_medium().flags & TAO_MEDIUM_TRACK_FAILED))
		complain("%s: a part of the session is on the disc, and it is not marked",
			 strerror(error));
}

static void new_session(void)
{
	sim_set("fault", "clear");
	sim_new_disc("cdr80");
	sim_wait_idle();
	wait_quiet();
	sim_set("commands", "0");
	sim_set("fault", "seed=1");
}

static void use_once(void)
{
	struct tao_prepare p = { 0 };
	int fd = open(sim_tao, O_WRONLY);

	if (fd < 0)
		sim_die(sim_tao);
	/* The disc may not be writable; the door is locked and unlocked in any case. */
	ioctl(fd, TAO_IOC_PREPARE, &p);
	close(fd);
	sim_wait_idle();
}

static void try(const struct fault *fault, unsigned int c, unsigned int n)
{
	enum disc disc;
	char rule[128];
	int error;

	snprintf(now_trying, sizeof(now_trying), "%s, %s (%u)", fault->what, commands[c].name, n);
	snprintf(rule, sizeof(rule), "op=%02x nth=%u %s", commands[c].opcode, n, fault->rule);
	new_session();
	sim_set("fault", rule);
	error = burn();
	wait_quiet();
	if (!rule_hits())
		complain("it did not happen");
	bring_back(fault, true);
	/* A door that the drive refused to unlock for ever is unlocked by the next user. */
	if (commands[c].opcode == OP_PREVENT && strstr(rule, "times=0"))
		use_once();
	check_let_go(fault, error);
	disc = look();
	judge(fault, commands[c].opcode, error, disc);
	cases++;
	/* The kernel no longer locks the door of a drive that has reported that it can't. */
	if (commands[c].opcode == OP_PREVENT && strstr(rule, "sense=5")) {
		sim_set("power", "0");
		sim_power_on();
	}
}

/* The first command of its kind, the second, the one in the middle, and the last. */
static void try_command(const struct fault *fault, unsigned int c)
{
	unsigned int n = in_session[commands[c].opcode], i, last = 0;
	unsigned int at[] = { 1, 2, n / 2, n };

	if ((fault->reply && !commands[c].reply) ||
	    (fault->opcode && fault->opcode != commands[c].opcode))
		return;
	for (i = 0; i < 4; i++) {
		if (at[i] <= last || at[i] > n)
			continue;
		last = at[i];
		try(fault, c, last);
	}
}

/* Checks that commands[] has each command. */
static bool learn_commands(void)
{
	unsigned int opcode, c;
	bool known = true;

	snprintf(now_trying, sizeof(now_trying), "a session without a fault");
	new_session();
	if (burn() || look() != DISC_WHOLE)
		sim_die("a session without a fault");
	wait_quiet();
	for (opcode = 0; opcode < 256; opcode++) {
		in_session[opcode] = sim_commands(opcode);
		for (c = 0; c < COMMANDS && commands[c].opcode != opcode; c++)
			;
		if (c == COMMANDS && in_session[opcode] && opcode != 0x4a) {
			complain("opcode %02x is not in the matrix", opcode);
			known = false;
		}
	}
	return known;
}

int main(int argc, char **argv)
{
	static const char *const attributes[] = { "dma_alignment=511", NULL };
	const char *only = argc > 1 ? argv[argc - 1] : NULL;
	unsigned int f, c, before;
	char what[320];

	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("TAP version 13\n");
	sim_create("faults", attributes);
	sim_audio(audio, sizeof(audio), 3);
	result(learn_commands(), "all commands of a session are in the matrix");
	for (f = 0; f < FAULTS; f++) {
		if (!fault_is_chosen(f, only))
			continue;
		before = wrong;
		for (c = 0; c < COMMANDS; c++)
			try_command(&faults[f], c);
		result(wrong == before, faults[f].what);
	}
	printf("# without an error: %u whole, %u in part, %u blank; with one: %u, %u, %u\n",
	       outcomes[0][DISC_WHOLE], outcomes[0][DISC_PART], outcomes[0][DISC_BLANK],
	       outcomes[1][DISC_WHOLE], outcomes[1][DISC_PART], outcomes[1][DISC_BLANK]);
	snprintf(what, sizeof(what), "no call of %u sessions lasted longer than %d s", cases,
		 LIMIT_S);
	printf("# the longest, %.0f s: %s\n", longest, longest_what);
	result(longest <= LIMIT_S, what);
	result(modules_can_go(), "the modules can be unloaded");
	result(true, NULL);
	return 0;
}
