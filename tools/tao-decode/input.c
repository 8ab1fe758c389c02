// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>
#include "decode.h"

#define BUFFER_BYTES (1 << 16)

/* Positions are those that libavformat sees: without the tags between frames. */
struct input {
	const struct part *part;
	int64_t start;
	int64_t end;
	int64_t at;
	size_t tags; /* before that */
	int64_t tag_bytes;
};

/* Of @bytes to be read, those up to the next tag. */
static int before_tag(struct input *input, int bytes)
{
	const struct part *part = input->part;
	int64_t left;

	while (input->tags < part->tags_count &&
	       input->at + input->tag_bytes >= part->tags[input->tags].at)
		input->tag_bytes += part->tags[input->tags++].bytes;
	if (input->tags == part->tags_count)
		return bytes;
	left = part->tags[input->tags].at - input->at - input->tag_bytes;
	return left < bytes ? left : bytes;
}

/*
 * Formats that hold audio in one file, and none that refer to other files: playlists, scripts,
 * image sequences, network streams.
 */
#define FORMATS \
	"wav,w64,aiff,au,caf,flac,ogg,mp3,aac,loas,mov,mp4,m4a,3gp,3g2,mj2,matroska,webm," \
	"asf,ape,wv,tta,tak,mpc,mpc8,dsf,iff,ac3,eac3,dts,dtshd,truehd,mlp,amr,amrnb," \
	"amrwb,avi,flv,mpeg,mpegts,voc,shn,ircam,nistsphere,sox,pvf,paf,avr,wve,sds,oma," \
	"rm,xwma,gsm,nut,qcp,spdif,wtv,act,aea,brstm,mmf"

static int read_input(void *data, uint8_t *buffer, int bytes)
{
	struct input *input = data;
	ssize_t n;

	if (bytes > input->end - input->at)
		bytes = input->end - input->at;
	if (bytes <= 0)
		return AVERROR_EOF;
	bytes = before_tag(input, bytes);
	n = pread(STDIN_FILENO, buffer, bytes, input->at + input->tag_bytes);
	if (n <= 0)
		return n ? AVERROR(errno) : AVERROR_EOF;
	input->at += n;
	return n;
}

static int64_t seek_input(void *data, int64_t offset, int whence)
{
	struct input *input = data;

	if (whence & AVSEEK_SIZE)
		return input->end - input->start;
	whence &= ~AVSEEK_FORCE;
	if (whence == SEEK_SET)
		offset += input->start;
	else if (whence == SEEK_CUR)
		offset += input->at;
	else
		offset += input->end;
	if (offset < input->start)
		return AVERROR(EINVAL);
	if (offset < input->at) {
		input->tags = 0;
		input->tag_bytes = 0;
	}
	input->at = offset;
	return offset - input->start;
}

static int open_nothing(AVFormatContext *context, AVIOContext **pb, const char *url, int flags,
			AVDictionary **dictionary)
{
	(void)context;
	(void)pb;
	(void)url;
	(void)flags;
	(void)dictionary;
	return AVERROR(EPERM);
}

AVFormatContext *open_part(const struct part *part, const char *hint, int *error)
{
	struct input *input = calloc(1, sizeof(*input));
	uint8_t *buffer = av_malloc(BUFFER_BYTES);
	AVFormatContext *context = avformat_alloc_context();
	AVDictionary *dictionary = NULL;
	AVIOContext *io = NULL;

	*error = AVERROR(ENOMEM);
	if (input && buffer && context)
		io = avio_alloc_context(buffer, BUFFER_BYTES, 0, input, read_input, NULL,
					seek_input);
	if (!io)
		return NULL;
	input->start = part->start;
	input->at = part->start;
	input->end = part->end;
	input->part = part;
	for (size_t i = 0; i < part->tags_count; i++)
		input->end -= part->tags[i].bytes;
	context->pb = io;
	context->io_open = open_nothing;
	context->flags |= AVFMT_FLAG_CUSTOM_IO;
	context->error_recognition = AV_EF_CRCCHECK;
	av_dict_set(&dictionary, "format_whitelist", FORMATS, 0);
	av_dict_set(&dictionary, "protocol_whitelist", "", 0);
	*error = avformat_open_input(&context, hint, NULL, &dictionary);
	av_dict_free(&dictionary);
	return *error ? NULL : context;
}

void close_part(AVFormatContext *context)
{
	AVIOContext *io = context->pb;

	avformat_close_input(&context);
	free(io->opaque);
	av_freep(&io->buffer);
	avio_context_free(&io);
}
