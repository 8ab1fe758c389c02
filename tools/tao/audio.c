// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "audio.h"
#include "common.h"
#include "decoder_process.h"
#include "flac.h"
#include "loudness.h"
#include "magic.h"
#include "text.h"

#define NUMBER_MAX 999
/* One frame of WIRE_FLOAT */
#define FLOAT_BYTES (2 * sizeof(float))

static bool has_suffix(const char *path, const char *const *suffixes)
{
	const char *dot = strrchr(path, '.');

	for (; dot && *suffixes; suffixes++)
		if (!strcasecmp(dot + 1, *suffixes))
			return true;
	return false;
}

static bool named_raw(const char *path)
{
	static const char *const suffixes[] = { "raw", "pcm", "sw", "bin", NULL };

	return has_suffix(path, suffixes);
}

/* Sox and others write these files with the bytes of a sample swapped. */
static bool named_swapped(const char *path)
{
	static const char *const suffixes[] = { "cdda", "cdr", NULL };

	return has_suffix(path, suffixes);
}

/* @name: for display */
static struct audio_file *open_file(const char *path, const char *name, char **problem)
{
	struct audio_file *file;
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0 || fstat(fd, &st)) {
		*problem = xasprintf(NAMED("file-unreadable") "%s: %s", name, strerror(errno));
	} else if (S_ISCHR(st.st_mode) || S_ISBLK(st.st_mode)) {
		*problem = xasprintf(NAMED("not-a-file")
				     "%s: is a device; --device says where to burn", name);
	} else if (!S_ISREG(st.st_mode)) {
		*problem = xasprintf(NAMED("not-a-file")
				     "%s: is no regular file; `tao burn -` reads a pipe", name);
	} else if (!st.st_size) {
		*problem = xasprintf(NAMED("empty-file") "%s: is empty", name);
	} else {
		file = xcalloc(1, sizeof(*file));
		file->path = xstrdup(name);
		file->fd = fd;
		file->bytes = st.st_size;
		file->changed = st.st_mtim;
		return file;
	}
	if (fd >= 0)
		close(fd);
	return NULL;
}

bool audio_was_changed(const struct audio_file *file)
{
	struct stat st;

	return file->kind != AUDIO_STREAM &&
	       (fstat(file->fd, &st) || st.st_size != file->bytes ||
		st.st_mtim.tv_sec != file->changed.tv_sec ||
		st.st_mtim.tv_nsec != file->changed.tv_nsec);
}

static void become_raw(struct audio_file *file)
{
	file->kind = AUDIO_RAW;
	file->rate = CD_RATE;
	file->channels = 2;
	file->frames = (file->bytes + FRAME_BYTES - 1) / FRAME_BYTES;
	file->exact = true;
	file->ragged = file->bytes % FRAME_BYTES;
	snprintf(file->format, sizeof(file->format), "raw");
}

static char *swapped_problem(const char *path, const char *why)
{
	char *line = swap_command(path), *text;

	text = xasprintf(NAMED("swapped-bytes")
			 "%s: %s; convert it: %s; --raw burns it as it is", path, why, line);
	free(line);
	return text;
}

static const char noise[] =
	"is noise as it stands, and sound with its bytes swapped: big-endian";

/* Places that are looked at: 512 bytes of each. */
#define RAW_PLACES	32

/* Why a file with the name of raw audio should not be burned unchanged; or NULL. */
static char *raw_problem(const struct audio_file *file)
{
	uint8_t audio[MAGIC_BYTES];
	size_t bytes = 0;

	/* take it from all over the file, because much of a recording may be silence */
	for (unsigned int i = 0; i < RAW_PLACES; i++) {
		uint64_t place = file->bytes * i / RAW_PLACES / FRAME_BYTES * FRAME_BYTES;
		ssize_t n = pread(file->fd, audio + bytes, sizeof(audio) / RAW_PLACES, place);

		bytes += n > 0 ? n / FRAME_BYTES * FRAME_BYTES : 0;
	}
	if (bytes && magic_is_swapped(audio, bytes))
		return swapped_problem(file->path, noise);
	return NULL;
}

/* --- Tags --- */

static char *copy_text(const char *bytes, size_t length)
{
	return length ? text_to_utf8(bytes, length) : NULL;
}

/* "3", "3/12", "03 of 12"; 0 if this is not a number. */
static unsigned int parse_number(const char *text)
{
	unsigned long number = strtoul(text, NULL, 10);

	return number <= NUMBER_MAX ? number : 0;
}

/* Also "B2", the second track of the second side of a record, or "B" if that has only one. */
static unsigned int parse_track(const char *text)
{
	int letter = toupper((unsigned char)*text);

	if (letter < 'A' || letter > 'Z' || (text[1] && !isdigit((unsigned char)text[1])))
		return parse_number(text);
	return (letter - 'A' + 1) * (NUMBER_MAX + 1) + parse_number(text + 1);
}

static void take_text(char **place, const char *value)
{
	if (!*place)
		*place = copy_text(value, strlen(value));
}

/* "name=value", the name in lower case. */
static void take_tag(struct audio_file *file, char *tag)
{
	char *value = strchr(tag, '=');

	if (!value || !value[1])
		return;
	*value++ = '\0';
	if (!strcmp(tag, "title"))
		take_text(&file->title, value);
	else if (!strcmp(tag, "artist"))
		take_text(&file->artist, value);
	else if (!strcmp(tag, "album"))
		take_text(&file->album, value);
	else if (!strcmp(tag, "isrc") || !strcmp(tag, "tsrc"))
		take_text(&file->isrc, value);
	else if (!strcmp(tag, "cuesheet"))
		take_text(&file->cue_sheet, value);
	else if (!strcmp(tag, "track") || !strcmp(tag, "tracknumber"))
		file->number = file->number ? file->number : parse_track(value);
	else if (!strcmp(tag, "disc") || !strcmp(tag, "discnumber"))
		file->disc = file->disc ? file->disc : parse_number(value);
	else
		replaygain_take(&file->gains, tag, value);
}

/* --- Files that are decoded --- */

static char *with_path(const char *path, char *text)
{
	char *all = xasprintf("%s: %s", path, text);

	free(text);
	return all;
}

static char *describe_unread(uint64_t bytes)
{
	return xasprintf(NAMED("unread-bytes") "%llu bytes behind its audio are not read",
			 (unsigned long long)bytes);
}

static void take_info(struct audio_file *file, const struct wire_info *info)
{
	char *format = text_printable(info->format);

	file->kind = AUDIO_FILE;
	file->rate = info->rate;
	file->channels = info->channels;
	file->frames = info->promised ? info->promised : FRAMES_UNKNOWN;
	file->lossy = info->flags & WIRE_LOSSY;
	file->exact = info->flags & WIRE_EXACT;
	/* of plain samples, too: their header may be wrong */
	file->unchecked = true;
	snprintf(file->format, sizeof(file->format), "%s", format);
	free(format);
	/* the check may be left out */
	if (info->unread)
		file->note = with_path(file->path, describe_unread(info->unread));
}

static struct decoder_process *start(const struct audio_file *file, const char *mode,
				     const struct audio_options *how, char **problem)
{
	const struct decoder_task task = {
		.fd = file->fd,
		.path = file->path,
		.mode = mode,
		.downmix = how->downmix,
		.narrow = file->narrow,
	};
	struct decoder_process *process = decoder_process_start(&task, problem);

	if (!process)
		*problem = with_path(file->path, *problem);
	return process;
}

/* Returns a problem without the name of the file, or NULL. */
static char *take_messages(struct audio_file *file, struct decoder_process *process,
			   const atomic_bool *stop, bool *known)
{
	struct decoder_message message;

	while (!decoder_process_next(process, &message, stop) && message.type) {
		if (message.type == WIRE_TAG) {
			take_tag(file, (char *)message.data);
		} else if (message.type == WIRE_INFO) {
			take_info(file, message.data);
			return NULL;
		} else if (message.type == WIRE_REFUSED) {
			uint32_t reason = ((const struct wire_refused *)message.data)->reason;

			*known = reason != WIRE_UNKNOWN_FORMAT && reason != WIRE_NO_AUDIO;
			return decoder_refusal(&message);
		}
	}
	return NULL;
}

/* More information about a file of unknown format. */
static char *unknown_problem(const struct audio_file *file, char *text)
{
	uint8_t begin[MAGIC_BYTES];
	ssize_t bytes = pread(file->fd, begin, sizeof(begin), 0);
	const char *what = bytes > 0 ? magic_no_audio(begin, bytes) : NULL;

	if (!what)
		return text;
	free(text);
	return xasprintf(NAMED("not-audio") "is not audio, but %s: leave it out", what);
}

static bool is_stopped(const struct audio_options *how)
{
	return how->stop && atomic_load(how->stop);
}

static int inspect_decoded(struct audio_file *file, const struct audio_options *how,
			   char **problem)
{
	struct decoder_process *process = start(file, "info", how, problem);
	struct flac_tags flac;
	char *text, *broken;
	bool known = true;

	if (!process)
		return -1;
	text = take_messages(file, process, how->stop, &known);
	broken = decoder_process_end(process);
	if (is_stopped(how)) {
		free(text);
		free(broken);
		return -1;
	}
	if (text && !known)
		text = unknown_problem(file, text);
	if (!text && !file->rate)
		text = broken ? broken : xstrdup(NAMED("damaged-file")
						 "is damaged: its decoder told nonsense");
	else
		free(broken);
	if (text) {
		*problem = with_path(file->path, text);
		return -1;
	}
	if (!file->cue_sheet && !flac_read_tags(file->fd, &flac)) {
		file->cue_sheet = flac.cue_sheet;
		free(flac.isrc);
	}
	return 0;
}

/* Whether the file has a header, whatever its name. */
static bool has_header(const struct audio_file *file)
{
	uint8_t begin[MAGIC_BYTES];
	ssize_t bytes = pread(file->fd, begin, sizeof(begin), 0);

	return bytes > 0 && magic_name(begin, bytes);
}

static int inspect(struct audio_file *file, const struct audio_options *how, char **problem)
{
	if (how->raw || (named_raw(file->path) && !has_header(file))) {
		char *text = how->raw ? NULL : unknown_problem(file, NULL);

		if (text) {
			*problem = with_path(file->path, text);
			return -1;
		}
		become_raw(file);
		*problem = how->raw ? NULL : raw_problem(file);
		return *problem ? -1 : 0;
	}
	if (named_swapped(file->path) && !has_header(file)) {
		*problem = swapped_problem(file->path,
					   "is big-endian as a rule, that is noise on a disc");
		return -1;
	}
	return inspect_decoded(file, how, problem);
}

static struct audio_file *inspect_as(const char *path, const char *name,
				     const struct audio_options *how, char **problem)
{
	struct audio_file *file;

	*problem = NULL;
	file = is_stopped(how) ? NULL : open_file(path, name, problem);
	if (!file || !inspect(file, how, problem))
		return file;
	audio_free(file);
	return NULL;
}

struct audio_file *audio_inspect(const char *path, const struct audio_options *how,
				 char **problem)
{
	return inspect_as(path, path, how, problem);
}

struct audio_file *audio_inspect_input(const char *path, const struct audio_options *how,
				       char **problem)
{
	struct audio_file *file = inspect_as(path, INPUT_NAME, how, problem);

	if (file)
		file->is_input = true;
	return file;
}

void audio_free(struct audio_file *file)
{
	if (!file)
		return;
	if (file->kind != AUDIO_STREAM)
		close(file->fd);
	free(file->path);
	free(file->note);
	free(file->title);
	free(file->artist);
	free(file->album);
	free(file->isrc);
	free(file->cue_sheet);
	loudness_free(file->loudness);
	free(file);
}

char *audio_conversions(const struct audio_file *file)
{
	char rate[32] = "", channels[32] = "";
	bool bits = !file->exact && !file->lossy;

	if (file->ragged)
		return xstrdup("last sample filled up");
	if (file->rate != CD_RATE)
		snprintf(rate, sizeof(rate), "%g kHz to 44.1 kHz", file->rate / 1000.0);
	if (file->channels == 1)
		snprintf(channels, sizeof(channels), "mono to stereo");
	else if (file->channels > 2)
		snprintf(channels, sizeof(channels), "%d channels to stereo", file->channels);
	if (!rate[0] && !bits && !channels[0])
		return NULL;
	return xasprintf("%s%s%s%s%s", rate, rate[0] && bits ? ", " : "", bits ? "to 16 bit" : "",
			 (rate[0] || bits) && channels[0] ? ", " : "", channels);
}

/* --- The check --- */

static char *describe_damage(const struct wire_end *end)
{
	char good[TIME_SIZE], missing[TIME_SIZE];
	uint64_t sectors = end->missing / SECTOR_FRAMES;

	format_time(end->frames / SECTOR_FRAMES, good);
	if (end->flags & WIRE_UNREADABLE)
		return xasprintf(NAMED("damaged-file")
				 "can't be read to its end; %s min can be decoded", good);
	if (sectors >= TAO_SECTORS_PER_SECOND)
		return xasprintf(NAMED("damaged-file")
				 "is damaged: %s min are missing; %s min can be decoded",
				 format_time(sectors, missing), good);
	if (end->missing)
		return xasprintf(NAMED("damaged-file")
				 "is damaged: %llu ms are missing; %s min can be decoded",
				 (unsigned long long)(end->missing * 1000 / CD_RATE + 1), good);
	return xasprintf(NAMED("damaged-file")
			 "is damaged: %u part%s of it can't be decoded; %s min can", end->errors,
			 end->errors == 1 ? "" : "s", good);
}

static int take_end(struct audio_file *file, const struct audio_options *how,
		    const struct wire_end *end, char **problem)
{
	char *damage = NULL;

	if (end->flags & WIRE_TOO_LONG)
		damage = xasprintf(NAMED("file-too-long")
				   "is longer than %d hours", WIRE_HOURS_MAX);
	else if (!end->frames)
		damage = xstrdup(NAMED("not-audio") "holds no audio");
	else if (end->missing || end->errors)
		damage = describe_damage(end);
	if (damage && (!how->damaged || !end->frames || end->flags & WIRE_TOO_LONG)) {
		*problem = xasprintf("%s: %s%s", file->path, damage,
				     end->frames && !(end->flags & WIRE_TOO_LONG) ?
					     "; --damaged burns that" : "");
		free(damage);
		return -1;
	}
	if (!damage && end->flags & WIRE_NO_END)
		damage = xstrdup(NAMED("cut-short-file")
				 "ends in the middle: it may have been cut short");
	if (!damage && end->unread)
		damage = describe_unread(end->unread);
	free(file->note);
	file->note = damage ? with_path(file->path, damage) : NULL;
	file->frames = end->frames;
	file->clipped = end->clipped;
	file->broken = end->broken;
	file->narrow = !file->lossy && end->flags & WIRE_NARROW;
	/* then its 24 bits are padded 16 bits */
	if (file->narrow && file->rate == CD_RATE && file->channels <= 2) {
		file->exact = true;
		file->clipped = 0;
	}
	file->unchecked = false;
	return 0;
}

int audio_check(struct audio_file *file, const struct audio_options *how,
		const atomic_bool *stop, atomic_ullong *progress, char **problem)
{
	struct decoder_process *process;
	struct decoder_message message;
	int ret = 0;
	char *text;

	if (!file->unchecked && !file->loudness)
		return 0;
	file->unchecked = true;
	process = start(file, file->loudness ? "float" : "count", how, problem);
	if (!process)
		return -1;
	while (!(ret = decoder_process_next(process, &message, stop)) && message.type) {
		if (message.type == WIRE_PROGRESS)
			atomic_store(progress, *(const uint64_t *)message.data);
		else if (message.type == WIRE_FLOAT && file->loudness)
			loudness_add(file->loudness, message.data, message.bytes / FLOAT_BYTES);
		else if (message.type == WIRE_END)
			ret = take_end(file, how, message.data, problem);
		else if (message.type == WIRE_REFUSED)
			*problem = with_path(file->path, decoder_refusal(&message));
		if (ret || message.type == WIRE_REFUSED)
			break;
	}
	text = decoder_process_end(process);
	if (atomic_load(stop) || (!*problem && !file->unchecked)) {
		free(text);
		return 0;
	}
	if (!*problem)
		*problem = with_path(file->path, text ? text : xstrdup(NAMED("damaged-file")
								       "is damaged"));
	else
		free(text);
	return -1;
}
