// SPDX-License-Identifier: GPL-2.0-only
/*
 * Deliberate faults: rules that select commands and say which fault happens to them.
 * Documentation/admin-guide/cdr-sim.rst has the grammar.
 */

#include <linux/minmax.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include "compat.h"
#include "cdr-sim.h"

#define MAX_RULES	64
#define ANY		-1

/**
 * struct cdr_rule - which commands to select, and what happens to them
 * @node:	node in the drive's list
 * @text:	the rule as it was written
 * @opcode:	opcode of the command, or ANY
 * @nth:	the first of the matching commands that the fault happens to
 * @times:	how often it happens; 0: no limit
 * @chance:	probability in per cent
 * @has_lba:	select only commands that touch the sectors @first to @last
 * @first:	first sector
 * @last:	last sector
 * @longer:	select only commands with more bytes of data than this
 * @cdb:	select only commands with these bytes in the CDB
 * @cdb_offset:	offset of @cdb
 * @cdb_len:	length of @cdb; 0: any CDB
 * @seen:	matching commands so far
 * @hits:	matching commands that the fault happened to
 * @fault:	the fault
 */
struct cdr_rule {
	struct list_head node;
	char *text;
	int opcode;
	u32 nth;
	u32 times;
	u32 chance;
	bool has_lba;
	s32 first;
	s32 last;
	u32 longer;
	u8 cdb_offset;
	u8 cdb_len;
	u8 cdb[CDR_FAULT_BYTES];
	u32 seen;
	u32 hits;
	struct cdr_fault fault;
};

/* Selection of commands */

static u32 sector_count(const u8 *cdb)
{
	switch (cdb[0]) {
	case 0x28:
	case 0x2a:
		return get_unaligned_be16(&cdb[7]);
	case 0xa8:
	case 0xaa:
		return get_unaligned_be32(&cdb[6]);
	case 0xbe:
		return get_unaligned_be24(&cdb[6]);
	default:
		return 0;
	}
}

static bool touches(const struct cdr_rule *rule, const u8 *cdb)
{
	s64 first = (s32)get_unaligned_be32(&cdb[2]), count = sector_count(cdb);

	return count && first <= rule->last && first + count > rule->first;
}

static bool matches(const struct cdr_rule *rule, struct cdr_cmd *cmd)
{
	const u8 *cdb = cdr_cdb(cmd);

	if (rule->opcode != ANY && rule->opcode != cdb[0])
		return false;
	if (rule->has_lba && !touches(rule, cdb))
		return false;
	if (rule->longer && scsi_bufflen(cdr_scmd(cmd)) <= rule->longer)
		return false;
	return !memcmp(cdb + rule->cdb_offset, rule->cdb, rule->cdb_len);
}

/* The same seed gives the same faults: xorshift32. */
static u32 next_random(struct cdr_drive *d)
{
	u32 x = d->faults.seed;

	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	d->faults.seed = x;
	return x;
}

static bool happens(struct cdr_drive *d, struct cdr_rule *rule)
{
	if (rule->seen < rule->nth || (rule->times && rule->hits >= rule->times))
		return false;
	if (rule->chance < 100 && next_random(d) % 100 >= rule->chance)
		return false;
	rule->hits++;
	return true;
}

/**
 * cdr_fault_pick() - select the fault for a new command
 * @d:		the drive
 * @cmd:	the command; receives the fault of the first rule that applies
 *
 * The remaining rules count the command too.
 */
void cdr_fault_pick(struct cdr_drive *d, struct cdr_cmd *cmd)
{
	struct cdr_rule *rule;

	list_for_each_entry(rule, &d->faults.rules, node) {
		if (!matches(rule, cmd))
			continue;
		rule->seen++;
		if (!cmd->fault.kind && happens(d, rule))
			cmd->fault = rule->fault;
	}
}

/* Execution of faults */

static u32 replied(struct cdr_cmd *cmd)
{
	struct scsi_cmnd *scmd = cdr_scmd(cmd);

	if (scmd->sc_data_direction != DMA_FROM_DEVICE)
		return 0;
	return scsi_bufflen(scmd) - scsi_get_resid(scmd);
}

static void overwrite(struct cdr_cmd *cmd, const void *buf, u32 len, u32 offset)
{
	struct scsi_cmnd *scmd = cdr_scmd(cmd);

	sg_pcopy_from_buffer(scsi_sglist(scmd), scsi_sg_count(scmd), buf, len, offset);
}

/* Bytes behind a short reply must differ from the reply's own. */
static void shorten(struct cdr_cmd *cmd, u32 len)
{
	static const u8 noise[16] = { [0 ... 15] = 0xa5 };
	u32 have = replied(cmd), at;

	for (at = len; at < have; at += sizeof(noise))
		overwrite(cmd, noise, min_t(u32, sizeof(noise), have - at), at);
	if (len < have)
		scsi_set_resid(cdr_scmd(cmd), scsi_bufflen(cdr_scmd(cmd)) - len);
}

static void scramble(struct cdr_drive *d, struct cdr_cmd *cmd)
{
	u32 have = replied(cmd), at;

	for (at = 0; at < have; at += sizeof(u32)) {
		u32 value = next_random(d);

		overwrite(cmd, &value, min_t(u32, sizeof(value), have - at), at);
	}
}

static void patch(struct cdr_cmd *cmd, const struct cdr_fault *fault)
{
	u32 have = replied(cmd);

	if (fault->arg < have)
		overwrite(cmd, fault->bytes, min_t(u32, fault->len, have - fault->arg),
			  fault->arg);
}

static int hang(struct cdr_cmd *cmd)
{
	cmd->due = KTIME_MAX;
	return CDR_HOLD;
}

static int fail_host(struct cdr_cmd *cmd, int host)
{
	cmd->result = host << 16;
	return CDR_RESULT;
}

/* Removing the adapter sleeps, so a work item does it. */
static int unplug(struct cdr_drive *d, struct cdr_cmd *cmd)
{
	cdr_lose_power(d);
	d->adapter.alive = false;
	schedule_work(&d->adapter.unplug_work);
	return fail_host(cmd, DID_NO_CONNECT);
}

static int reset_bus(struct cdr_drive *d, struct cdr_cmd *cmd)
{
	cdr_reset_drive(d);
	return fail_host(cmd, DID_RESET);
}

/* Report success without execution; data that were sent are lost. */
static int pretend(struct cdr_cmd *cmd)
{
	struct scsi_cmnd *scmd = cdr_scmd(cmd);

	scsi_set_resid(scmd, scmd->sc_data_direction == DMA_TO_DEVICE ? 0 : scsi_bufflen(scmd));
	return CDR_SKIPPED;
}

static int wait_first(struct cdr_cmd *cmd)
{
	cmd->due = ktime_add_ms(ktime_get(), cmd->fault.arg);
	cmd->fault.kind = CDR_FAULT_NONE;
	return CDR_HOLD;
}

/* Faults that end a command, before or after its execution. */
static int end_badly(struct cdr_drive *d, struct cdr_cmd *cmd)
{
	const struct cdr_fault *fault = &cmd->fault;

	switch (fault->kind) {
	case CDR_FAULT_SENSE:
		return fault->arg;
	case CDR_FAULT_HOST:
		return fail_host(cmd, fault->arg);
	case CDR_FAULT_STATUS:
		cmd->result = fault->arg;
		return CDR_RESULT;
	case CDR_FAULT_HANG:
	case CDR_FAULT_HOLD:
		return hang(cmd);
	case CDR_FAULT_UNPLUG:
		return unplug(d, cmd);
	case CDR_FAULT_RESET:
		return reset_bus(d, cmd);
	case CDR_FAULT_RESET_UNSEEN:
		cdr_reset_unseen(d);
		return CDR_SENSE(0x0b, 0x47, 0x00) | CDR_CHECK;
	default:
		return 0;
	}
}

/**
 * cdr_fault_before() - apply a fault before the command is executed
 * @d:		the drive
 * @cmd:	the command
 *
 * Return: 0 to execute the command, CDR_SKIPPED for success without execution, otherwise the
 * result that ends or holds it
 */
int cdr_fault_before(struct cdr_drive *d, struct cdr_cmd *cmd)
{
	if (cmd->fault.after)
		return 0;
	switch (cmd->fault.kind) {
	case CDR_FAULT_DELAY:
		return wait_first(cmd);
	case CDR_FAULT_GOOD:
		return pretend(cmd);
	case CDR_FAULT_EJECT:
		cdr_open_tray(d);
		return 0;
	default:
		/* As of any command that is refused */
		scsi_set_resid(cdr_scmd(cmd), scsi_bufflen(cdr_scmd(cmd)));
		return end_badly(d, cmd);
	}
}

static int delay_answer(struct cdr_cmd *cmd, int ret)
{
	cmd->finished = true;
	cmd->late = ret;
	cmd->due = ktime_add_ms(ktime_get(), cmd->fault.arg);
	return CDR_HOLD;
}

static int spoil_reply(struct cdr_drive *d, struct cdr_cmd *cmd, int ret)
{
	const struct cdr_fault *fault = &cmd->fault;

	if (ret)
		return ret;
	switch (fault->kind) {
	case CDR_FAULT_SHORT:
		shorten(cmd, fault->arg);
		break;
	case CDR_FAULT_GARBAGE:
		scramble(d, cmd);
		break;
	case CDR_FAULT_SET:
		patch(cmd, fault);
		break;
	case CDR_FAULT_RESIDUAL:
		scsi_set_resid(cdr_scmd(cmd), min(fault->arg, scsi_bufflen(cdr_scmd(cmd))));
		break;
	default:
		break;
	}
	return 0;
}

/**
 * cdr_fault_after() - apply a fault after the command was executed
 * @d:		the drive
 * @cmd:	the command
 * @ret:	the command's result
 *
 * Return: the final result
 */
int cdr_fault_after(struct cdr_drive *d, struct cdr_cmd *cmd, int ret)
{
	ret = spoil_reply(d, cmd, ret);
	if (!cmd->fault.after)
		return ret;
	if (cmd->fault.kind == CDR_FAULT_DELAY)
		return delay_answer(cmd, ret);
	if (cmd->fault.kind == CDR_FAULT_EJECT)
		cdr_open_tray(d);
	return end_badly(d, cmd) ?: ret;
}

/* Parser for rules */

static int parse_bytes(char *value, u32 *offset, u8 *bytes, u8 *len)
{
	char *hex = strchr(value, ':');
	size_t n;

	if (!hex)
		return -EINVAL;
	*hex++ = '\0';
	n = strlen(hex);
	if (!n || n % 2 || n / 2 > CDR_FAULT_BYTES || kstrtou32(value, 0, offset))
		return -EINVAL;
	*len = n / 2;
	return hex2bin(bytes, hex, n / 2);
}

static int parse_cdb(struct cdr_rule *rule, char *value)
{
	u32 offset;
	int ret = parse_bytes(value, &offset, rule->cdb, &rule->cdb_len);

	if (ret)
		return ret;
	if (offset > 16 - rule->cdb_len)
		return -EINVAL;
	rule->cdb_offset = offset;
	return 0;
}

static int parse_opcode(struct cdr_rule *rule, const char *value)
{
	u8 opcode;
	int ret;

	if (!strcmp(value, "any"))
		return 0;
	ret = kstrtou8(value, 16, &opcode);
	if (!ret)
		rule->opcode = opcode;
	return ret;
}

static int parse_lba(struct cdr_rule *rule, char *value)
{
	char *end = strstr(value, "..");
	int ret;

	rule->has_lba = true;
	if (end) {
		*end = '\0';
		end += 2;
	}
	ret = kstrtos32(value, 0, &rule->first);
	return ret ?: kstrtos32(end ?: value, 0, &rule->last);
}

static int parse_sense(struct cdr_fault *fault, const char *value)
{
	unsigned int key, asc, ascq;
	char more;

	if (sscanf(value, "%x/%x/%x%c", &key, &asc, &ascq, &more) != 3 ||
	    key > 0x0f || asc > 0xff || ascq > 0xff)
		return -EINVAL;
	fault->arg = CDR_SENSE(key, asc, ascq) | CDR_CHECK;
	return 0;
}

static const struct {
	const char *name;
	enum cdr_fault_kind kind;
	bool has_value;
} kinds[] = {
	{ "sense", CDR_FAULT_SENSE, true },
	{ "host", CDR_FAULT_HOST, true },
	{ "status", CDR_FAULT_STATUS, true },
	{ "hang", CDR_FAULT_HANG },
	{ "hold", CDR_FAULT_HOLD },
	{ "delay", CDR_FAULT_DELAY, true },
	{ "short", CDR_FAULT_SHORT, true },
	{ "garbage", CDR_FAULT_GARBAGE },
	{ "set", CDR_FAULT_SET, true },
	{ "residual", CDR_FAULT_RESIDUAL, true },
	{ "good", CDR_FAULT_GOOD },
	{ "unplug", CDR_FAULT_UNPLUG },
	{ "reset", CDR_FAULT_RESET },
	{ "reset_unseen", CDR_FAULT_RESET_UNSEEN },
	{ "eject", CDR_FAULT_EJECT },
};

/* Upper limits of the arguments: a host byte, a status, 10 minutes. */
static int check_arg(const struct cdr_fault *fault)
{
	if (fault->kind == CDR_FAULT_HOST || fault->kind == CDR_FAULT_STATUS)
		return fault->arg && fault->arg <= 0xff ? 0 : -ERANGE;
	if (fault->kind == CDR_FAULT_DELAY)
		return fault->arg <= 600000 ? 0 : -ERANGE;
	return 0;
}

static int parse_fault(struct cdr_fault *fault, const char *name, char *value)
{
	int i, ret;

	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		if (!strcmp(name, kinds[i].name))
			break;
	if (i == ARRAY_SIZE(kinds) || fault->kind || kinds[i].has_value != !!value)
		return -EINVAL;
	fault->kind = kinds[i].kind;
	if (!value)
		return 0;
	if (fault->kind == CDR_FAULT_SENSE)
		ret = parse_sense(fault, value);
	else if (fault->kind == CDR_FAULT_SET)
		ret = parse_bytes(value, &fault->arg, fault->bytes, &fault->len);
	else
		ret = kstrtou32(value, 0, &fault->arg);
	return ret ?: check_arg(fault);
}

static int parse_flag(struct cdr_rule *rule, const char *name)
{
	if (!strcmp(name, "after"))
		rule->fault.after = true;
	else if (!strcmp(name, "deferred"))
		rule->fault.deferred = true;
	else
		return parse_fault(&rule->fault, name, NULL);
	return 0;
}

static int parse_word(struct cdr_rule *rule, char *name)
{
	char *value = strchr(name, '=');

	if (!value)
		return parse_flag(rule, name);
	*value++ = '\0';
	if (!strcmp(name, "op"))
		return parse_opcode(rule, value);
	if (!strcmp(name, "nth"))
		return kstrtou32(value, 0, &rule->nth);
	if (!strcmp(name, "times"))
		return kstrtou32(value, 0, &rule->times);
	if (!strcmp(name, "chance"))
		return kstrtou32(value, 0, &rule->chance);
	if (!strcmp(name, "longer"))
		return kstrtou32(value, 0, &rule->longer);
	if (!strcmp(name, "lba"))
		return parse_lba(rule, value);
	if (!strcmp(name, "cdb"))
		return parse_cdb(rule, value);
	return parse_fault(&rule->fault, name, value);
}

static int parse_rule(struct cdr_rule *rule, char *line)
{
	char *word;
	int ret = 0;

	rule->opcode = ANY;
	rule->nth = 1;
	rule->times = 1;
	rule->chance = 100;
	while (!ret && (word = strsep(&line, " \t")))
		if (*word)
			ret = parse_word(rule, word);
	if (!ret && !rule->fault.kind)
		ret = -EINVAL;
	if (!ret && rule->fault.kind == CDR_FAULT_HOLD && rule->fault.after)
		ret = -EINVAL;
	return ret;
}

static void free_rule(struct cdr_rule *rule)
{
	kfree(rule->text);
	kfree(rule);
}

static int append_rule(struct cdr_drive *d, struct cdr_rule *rule)
{
	struct list_head *at;
	int n = 0;

	spin_lock_irq(&d->lock);
	list_for_each(at, &d->faults.rules)
		n++;
	if (n < MAX_RULES)
		list_add_tail(&rule->node, &d->faults.rules);
	spin_unlock_irq(&d->lock);
	return n < MAX_RULES ? 0 : -ENOSPC;
}

static int set_seed(struct cdr_drive *d, const char *value)
{
	u32 seed;
	int ret = kstrtou32(value, 0, &seed);

	if (ret)
		return ret;
	spin_lock_irq(&d->lock);
	d->faults.seed = seed ?: 1;
	spin_unlock_irq(&d->lock);
	return 0;
}

static int add_rule(struct cdr_drive *d, char *line)
{
	struct cdr_rule *rule;
	int ret = -ENOMEM;

	rule = kzalloc(sizeof(*rule), GFP_KERNEL);
	if (!rule)
		return -ENOMEM;
	rule->text = kstrdup(line, GFP_KERNEL);
	if (rule->text)
		ret = parse_rule(rule, line);
	if (!ret)
		ret = append_rule(d, rule);
	if (ret)
		free_rule(rule);
	return ret;
}

/* Release the commands that a rule holds. */
static void let_go(struct cdr_drive *d)
{
	struct cdr_cmd *cmd;

	lockdep_assert_held(&d->lock);
	list_for_each_entry(cmd, &d->adapter.pending, node) {
		if (cmd->fault.kind != CDR_FAULT_HOLD)
			continue;
		cmd->fault.kind = CDR_FAULT_NONE;
		cmd->due = ktime_get();
		hrtimer_start(&d->adapter.timer, cmd->due, HRTIMER_MODE_ABS_SOFT);
	}
}

/**
 * cdr_fault_clear() - remove all rules
 * @d:	the drive
 */
void cdr_fault_clear(struct cdr_drive *d)
{
	struct cdr_rule *rule, *next;
	LIST_HEAD(rules);

	spin_lock_irq(&d->lock);
	list_splice_init(&d->faults.rules, &rules);
	let_go(d);
	spin_unlock_irq(&d->lock);
	list_for_each_entry_safe(rule, next, &rules, node)
		free_rule(rule);
}

/**
 * cdr_fault_add() - add rules, one per line
 * @d:		the drive
 * @text:	the lines; modified by the parser
 *
 * "clear" removes all rules so far, "seed=N" sets the seed of the random numbers.
 *
 * Return: 0 or the errno for the first bad line
 */
int cdr_fault_add(struct cdr_drive *d, char *text)
{
	char *line;
	int ret = 0;

	while (!ret && (line = strsep(&text, "\n"))) {
		line = strim(line);
		if (!*line)
			continue;
		if (!strcmp(line, "clear"))
			cdr_fault_clear(d);
		else if (str_has_prefix(line, "seed="))
			ret = set_seed(d, line + 5);
		else
			ret = add_rule(d, line);
	}
	return ret;
}

/**
 * cdr_fault_list() - list the rules, with the number of times that each was applied
 * @d:		the drive
 * @page:	buffer for the list
 *
 * Return: length of the list
 */
ssize_t cdr_fault_list(struct cdr_drive *d, char *page)
{
	struct cdr_rule *rule;
	ssize_t len = 0;

	spin_lock_irq(&d->lock);
	list_for_each_entry(rule, &d->faults.rules, node)
		len += sysfs_emit_at(page, len, "%s # seen %u hits %u\n", rule->text,
				     rule->seen, rule->hits);
	spin_unlock_irq(&d->lock);
	return len;
}

void cdr_fault_setup(struct cdr_drive *d)
{
	INIT_LIST_HEAD(&d->faults.rules);
	d->faults.seed = 1;
}
