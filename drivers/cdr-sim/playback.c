// SPDX-License-Identifier: GPL-2.0-only
/*
 * A recorded burn: what another drive answered to each command. An answer is found by the CDB and
 * by the state, which is the latest command that was not a query.
 * Documentation/admin-guide/cdr-sim.rst has the grammar.
 */

#include <linux/minmax.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "compat.h"
#include "cdr-sim.h"

#define MAX_ENTRIES	1024
#define MAX_REPLY	1024
#define MAX_NTH		1000000
#define CDB_SIZE	12

/**
 * struct cdr_entry - one answer of the record
 * @node:	node in the drive's list
 * @state:	opcode of the latest command that was not a query, which may be @cdb itself; 0
 *		before the first one
 * @nth:	number of commands with that opcode so far
 * @cdb:	the command, without what does not matter
 * @first:	first sector of WRITEs
 * @last:	their last sector
 * @reached:	sectors of @first to @last that came, as the address behind them
 * @times:	how often this was the answer
 * @hits:	how often it was given
 * @sense:	sense code, or 0
 * @lost:	there was no answer
 * @len:	length of @reply
 * @reply:	the drive's reply
 */
struct cdr_entry {
	struct list_head node;
	u8 state;
	u32 nth;
	u8 cdb[CDB_SIZE];
	s32 first;
	s32 last;
	s32 reached;
	u32 times;
	u32 hits;
	u32 sense;
	bool lost;
	u32 len;
	u8 reply[];
};

static bool is_write(u8 opcode)
{
	return opcode == 0x2a || opcode == 0xaa;
}

/* Commands that change no answer. Many programs lock and unlock the door. */
static bool is_query(u8 opcode)
{
	static const u8 queries[] = {
		0x00, 0x03, 0x12, 0x1e, 0x25, 0x28, 0x42, 0x43, 0x46, 0x4a, 0x51, 0x52, 0x5a,
		0x5c, 0xa0, 0xa8, 0xac, 0xb9, 0xbd, 0xbe,
	};

	return memchr(queries, opcode, sizeof(queries));
}

/* If it fails where it succeeded in the record, what follows makes no sense. */
static bool changes_disc(u8 opcode)
{
	return is_write(opcode) || opcode == 0x35 || opcode == 0x5b || opcode == 0x5d ||
	       opcode == 0xa1;
}

/* How much a reply may have is up to the one who asks; a WRITE is found by its address. */
static void copy_cdb(u8 *to, const u8 *cdb, u32 len)
{
	memset(to, 0, CDB_SIZE);
	memcpy(to, cdb, is_write(cdb[0]) ? 1 : min_t(u32, len, CDB_SIZE));
	if (cdb[0] >= 0x20 && cdb[0] < 0x60)
		memset(to + 7, 0, 2);
	else if (cdb[0] == 0xac)
		memset(to + 8, 0, 2);
}

static s64 write_count(const u8 *cdb)
{
	return cdb[0] == 0x2a ? get_unaligned_be16(cdb + 7) : get_unaligned_be32(cdb + 6);
}

static s64 write_start(const u8 *cdb)
{
	return (s32)get_unaligned_be32(cdb + 2);
}

/* Finding the answer */

static bool is_good_write(const struct cdr_entry *entry)
{
	return is_write(entry->cdb[0]) && !entry->sense && !entry->lost;
}

/* The sectors of a WRITE: all of them if it succeeded, else the first one that did not. */
static bool has_sectors(const struct cdr_entry *entry, s64 first, s64 count)
{
	if (is_good_write(entry))
		return first >= entry->first && first + count - 1 <= entry->last;
	return first <= entry->first && first + count > entry->first;
}

static bool matches(const struct cdr_drive *d, const struct cdr_entry *entry, const u8 *cdb,
		    const u8 *wanted)
{
	if (entry->state != d->playback.state || entry->nth != d->playback.nth[entry->state] ||
	    memcmp(entry->cdb, wanted, CDB_SIZE))
		return false;
	return !is_write(cdb[0]) || has_sectors(entry, write_start(cdb), write_count(cdb));
}

/*
 * The first answer that was not given yet. The last one is given again if the question comes again.
 * Of a WRITE, an error goes before the success that it had when it was sent again.
 */
static struct cdr_entry *find(struct cdr_drive *d, const u8 *cdb, u32 len)
{
	struct cdr_entry *entry, *found = NULL;
	u8 wanted[CDB_SIZE];

	copy_cdb(wanted, cdb, len);
	list_for_each_entry(entry, &d->playback.entries, node) {
		if (!matches(d, entry, cdb, wanted))
			continue;
		if (entry->hits < entry->times && !is_good_write(entry))
			return entry;
		if (is_query(cdb[0]) || is_good_write(entry))
			found = entry;
	}
	return found;
}

static void enter_state(struct cdr_playback *p, u8 opcode)
{
	if (is_query(opcode) || (is_write(opcode) && p->state == opcode))
		return;
	p->state = opcode;
	p->nth[opcode]++;
}

static void count_unknown(struct cdr_playback *p, const u8 *cdb, u32 len)
{
	p->unknown++;
	if (is_query(cdb[0]) || p->strays++)
		return;
	memset(p->stray, 0, sizeof(p->stray));
	memcpy(p->stray, cdb, min_t(u32, len, sizeof(p->stray)));
}

/**
 * cdr_playback_pick() - find the recorded answer to a new command
 * @d:		the drive
 * @cmd:	the command; receives the answer, if there is one
 */
void cdr_playback_pick(struct cdr_drive *d, struct cdr_cmd *cmd)
{
	struct scsi_cmnd *scmd = cdr_scmd(cmd);
	const u8 *cdb = cdr_cdb(cmd);
	struct cdr_entry *entry;

	if (list_empty(&d->playback.entries))
		return;
	enter_state(&d->playback, cdb[0]);
	entry = find(d, cdb, scmd->cmd_len);
	if (!entry) {
		count_unknown(&d->playback, cdb, scmd->cmd_len);
		return;
	}
	d->playback.played++;
	entry->hits++;
	if (is_good_write(entry))
		entry->reached = max_t(s64, entry->reached, write_start(cdb) + write_count(cdb));
	cmd->entry = entry;
}

static bool is_recovered(u32 sense)
{
	return (sense >> 16 & 0x0f) == 1;
}

/**
 * cdr_playback_before() - answer a command as recorded, if that did not carry it out
 * @d:		the drive
 * @cmd:	the command
 *
 * Return: 0 to execute it, otherwise its result
 */
int cdr_playback_before(struct cdr_drive *d, struct cdr_cmd *cmd)
{
	const struct cdr_entry *entry = cmd->entry;

	if (!entry)
		return 0;
	if (entry->lost) {
		cmd->result = DID_ERROR << 16;
		return CDR_RESULT;
	}
	if (entry->sense && !is_recovered(entry->sense))
		return entry->sense;
	/* The record has its own. */
	while (cdr_attention_take(d))
		;
	return 0;
}

/**
 * cdr_playback_after() - put the recorded answer in the place of the simulated one
 * @d:		the drive
 * @cmd:	the command
 * @ret:	its result so far
 *
 * Return: its result
 */
int cdr_playback_after(struct cdr_drive *d, struct cdr_cmd *cmd, int ret)
{
	const struct cdr_entry *entry = cmd->entry;
	u8 opcode = cdr_cdb(cmd)[0];

	if (!entry || ret < 0)
		return ret;
	if (ret && !is_query(opcode)) {
		d->playback.differ++;
		if (changes_disc(opcode))
			return ret;
	}
	if (entry->len && cdr_scmd(cmd)->sc_data_direction == DMA_FROM_DEVICE)
		cdr_reply_part(cmd, entry->reply, min(entry->len, scsi_bufflen(cdr_scmd(cmd))), 0);
	return entry->sense;
}

/* The lines of a record */

static int parse_state(struct cdr_entry *entry, const char *value)
{
	unsigned int state, nth;
	char more;

	if (!strcmp(value, "start"))
		return 0;
	if (sscanf(value, "%x.%u%c", &state, &nth, &more) != 2 || state > 0xff ||
	    is_query(state) || !nth || nth > MAX_NTH)
		return -EINVAL;
	entry->state = state;
	entry->nth = nth;
	return 0;
}

static int parse_cdb(struct cdr_entry *entry, const char *value)
{
	size_t digits = strlen(value);
	u8 cdb[CDB_SIZE];

	if (!digits || digits % 2 || digits / 2 > CDB_SIZE || hex2bin(cdb, value, digits / 2))
		return -EINVAL;
	copy_cdb(entry->cdb, cdb, digits / 2);
	return 0;
}

static int parse_lba(struct cdr_entry *entry, const char *value)
{
	char more;

	if (sscanf(value, "%d..%d%c", &entry->first, &entry->last, &more) != 2 ||
	    entry->first > entry->last || entry->last > CDR_MAX_LEADOUT)
		return -EINVAL;
	entry->reached = entry->first;
	return 0;
}

static int parse_sense(struct cdr_entry *entry, const char *value)
{
	unsigned int key, asc, ascq;
	char more;

	if (sscanf(value, "%x/%x/%x%c", &key, &asc, &ascq, &more) != 3 ||
	    key > 0x0f || asc > 0xff || ascq > 0xff)
		return -EINVAL;
	entry->sense = CDR_SENSE(key, asc, ascq) | CDR_CHECK;
	return 0;
}

static int parse_reply(struct cdr_entry *entry, const char *value)
{
	size_t digits = strlen(value);

	if (!digits || digits % 2 || digits / 2 > MAX_REPLY)
		return -EINVAL;
	entry->len = digits / 2;
	return hex2bin(entry->reply, value, digits / 2);
}

static int parse_word(struct cdr_entry *entry, char *name)
{
	char *value = strchr(name, '=');

	if (!strcmp(name, "lost")) {
		entry->lost = true;
		return 0;
	}
	if (!value)
		return -EINVAL;
	*value++ = '\0';
	if (!strcmp(name, "state"))
		return parse_state(entry, value);
	if (!strcmp(name, "cdb"))
		return parse_cdb(entry, value);
	if (!strcmp(name, "lba"))
		return parse_lba(entry, value);
	if (!strcmp(name, "times"))
		return kstrtou32(value, 0, &entry->times);
	if (!strcmp(name, "sense"))
		return parse_sense(entry, value);
	if (!strcmp(name, "reply"))
		return parse_reply(entry, value);
	/* These two are for people. */
	return strcmp(name, "name") && strcmp(name, "ms") ? -EINVAL : 0;
}

/* A command that is not a query belongs to the state that it makes. */
static bool is_valid(const struct cdr_entry *entry)
{
	return entry->times && (is_query(entry->cdb[0]) || entry->state == entry->cdb[0]);
}

static int parse_line(struct cdr_entry *entry, char *line)
{
	bool cdb = false, lba = false;
	char *word;
	int ret = 0;

	entry->times = 1;
	while (!ret && (word = strsep(&line, " \t"))) {
		cdb |= str_has_prefix(word, "cdb=");
		lba |= str_has_prefix(word, "lba=");
		if (*word)
			ret = parse_word(entry, word);
	}
	if (!ret && (!cdb || lba != is_write(entry->cdb[0]) || !is_valid(entry)))
		ret = -EINVAL;
	return ret;
}

/**
 * cdr_playback_add() - add a line of a record
 * @d:		the drive, which is off
 * @line:	the line; modified by the parser
 *
 * Return: 0 or an errno
 */
int cdr_playback_add(struct cdr_drive *d, char *line)
{
	struct cdr_entry *entry;
	int ret;

	if (d->playback.count >= MAX_ENTRIES)
		return -ENOSPC;
	entry = kzalloc(sizeof(*entry) + MAX_REPLY, GFP_KERNEL);
	if (!entry)
		return -ENOMEM;
	ret = parse_line(entry, line);
	if (ret) {
		kfree(entry);
		return ret;
	}
	list_add_tail(&entry->node, &d->playback.entries);
	d->playback.count++;
	return 0;
}

/**
 * cdr_playback_clear() - forget the record, and what was played of it
 * @d:	the drive, which is off
 */
void cdr_playback_clear(struct cdr_drive *d)
{
	struct cdr_entry *entry, *next;

	list_for_each_entry_safe(entry, next, &d->playback.entries, node)
		kfree(entry);
	memset(&d->playback, 0, sizeof(d->playback));
	INIT_LIST_HEAD(&d->playback.entries);
}

/* What changed something in the record, and did not come, or of a WRITE not all of it. */
static bool is_left(const struct cdr_entry *entry)
{
	u8 opcode = entry->cdb[0];

	if (is_query(opcode))
		return false;
	if (is_good_write(entry))
		return entry->reached <= entry->last;
	return entry->hits < entry->times;
}

/**
 * cdr_playback_show() - tell how far the record was played
 * @d:		the drive
 * @page:	buffer for the text
 *
 * Return: its length
 */
ssize_t cdr_playback_show(struct cdr_drive *d, char *page)
{
	const struct cdr_playback *p = &d->playback;
	const struct cdr_entry *entry, *first = NULL;
	u32 left = 0;
	ssize_t len;

	list_for_each_entry(entry, &p->entries, node) {
		if (!is_left(entry))
			continue;
		first = first ?: entry;
		left++;
	}
	len = sysfs_emit(page, "entries %u\nplayed %u\nunknown %u\nstrays %u\nleft %u\ndiffer %u\n",
			 p->count, p->played, p->unknown, p->strays, left, p->differ);
	if (p->strays)
		len += sysfs_emit_at(page, len, "stray %*phN\n", CDB_SIZE, p->stray);
	if (first)
		len += sysfs_emit_at(page, len, "left state=%02x.%u cdb=%*phN\n", first->state,
				     first->nth, CDB_SIZE, first->cdb);
	return len;
}
