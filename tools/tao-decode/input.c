// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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
#define MUSIC \
	"wav,w64,aiff,au,caf,flac,ogg,mp3,aac,loas,asf,xwma,ape,wv,tta,tak,mpc,mpc8,dsf,wsd,iff," \
	"ac3,eac3,dts,dtshd,truehd,mlp,s337m,spdif,voc,shn,ircam,nistsphere,sox,pvf,paf,epaf,avr," \
	"wve,sds,hcom,oma,aea,vqf,rso,mmf,libopenmpt,sbc,aptx,aptx_hd,dfpwm"
#define SPEECH \
	"amr,amrnb,amrwb,gsm,qcp,act,dss,g722,g723_1,codec2,sln"
#define VIDEO \
	"mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,flv,mpeg,mpegts,rm,nut,wtv,mxf,gxf,lxf,dv,swf," \
	"nsv,nuv,ty,pva,mtv,dhav,vivo,film_cpk,smjpeg,roq,bink,smk"
/* Their sound, which others ripped. Not adp: mono CD audio looks like it. */
#define GAMES \
	"adx,aix,hca,ast,brstm,bfstm,binka,fsb,genh,msf,mtaf,musx,svag,vag,xvag,xa,ads," \
	"acm,alp,apc,apm,argo_asf,argo_brp,kvag,rsd,scd,sdx,thp,wsaud,ea"
#define FORMATS MUSIC "," SPEECH "," VIDEO "," GAMES

int pcm_frame_bytes(const AVCodecParameters *par)
{
	if (par->codec_id < AV_CODEC_ID_FIRST_AUDIO || par->codec_id >= AV_CODEC_ID_ADPCM_IMA_QT)
		return 0;
	return av_get_exact_bits_per_sample(par->codec_id) * par->ch_layout.nb_channels / 8;
}

static int read_input(void *data, uint8_t *buffer, int bytes)
{
	struct input *input = data;
	ssize_t n;

	if (bytes > input->end - input->at)
		bytes = input->end - input->at;
	if (bytes <= 0)
		return AVERROR_EOF;
	bytes = before_tag(input, bytes);
	n = read_some(buffer, bytes, input->at + input->tag_bytes);
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

/* @reader: or NULL, then it is found out; takes @options */
static AVFormatContext *open_input(const struct part *part, const char *hint,
				   const AVInputFormat *reader, AVDictionary *options, int *error)
{
	struct input *input = calloc(1, sizeof(*input));
	uint8_t *buffer = av_malloc(BUFFER_BYTES);
	AVFormatContext *context = avformat_alloc_context();
	AVIOContext *io = NULL;

	*error = AVERROR(ENOMEM);
	if (input && buffer && context)
		io = avio_alloc_context(buffer, BUFFER_BYTES, 0, input, read_input, NULL,
					seek_input);
	if (!io)
		return NULL;
	input->start = part->start;
	input->at = part->start;
	input->end = part->end - part->hidden;
	input->part = part;
	for (size_t i = 0; i < part->tags_count; i++)
		input->end -= part->tags[i].bytes;
	context->pb = io;
	context->io_open = open_nothing;
	context->flags |= AVFMT_FLAG_CUSTOM_IO;
	context->error_recognition = AV_EF_CRCCHECK;
	av_dict_set(&options, "format_whitelist", reader ? reader->name : FORMATS, 0);
	av_dict_set(&options, "protocol_whitelist", "", 0);
	*error = avformat_open_input(&context, hint, reader, &options);
	av_dict_free(&options);
	return *error ? NULL : context;
}

/* libavformat would cut samples apart if the header has a wrong number of bytes for a frame. */
static void mend_block_align(AVFormatContext *context)
{
	for (unsigned int i = 0; i < context->nb_streams; i++) {
		AVCodecParameters *par = context->streams[i]->codecpar;

		if (pcm_frame_bytes(par))
			par->block_align = pcm_frame_bytes(par);
	}
}

AVFormatContext *open_part(const struct part *part, const char *hint, int *error)
{
	AVFormatContext *context = open_input(part, hint, NULL, NULL, error);

	if (context && (!strcmp(context->iformat->name, "wav") ||
			!strcmp(context->iformat->name, "w64")))
		mend_block_align(context);
	return context;
}

AVFormatContext *open_plain(const struct plain *plain, int *error)
{
	const AVInputFormat *reader = av_find_input_format(plain->reader);
	AVDictionary *options = NULL;
	char layout[16];

	*error = AVERROR_DEMUXER_NOT_FOUND;
	if (!reader)
		return NULL;
	snprintf(layout, sizeof(layout), "%dc", plain->channels);
	av_dict_set_int(&options, "sample_rate", plain->rate, 0);
	av_dict_set(&options, "ch_layout", layout, 0);
	return open_input(&plain->samples, "samples", reader, options, error);
}

void close_part(AVFormatContext *context)
{
	AVIOContext *io = context->pb;

	avformat_close_input(&context);
	free(io->opaque);
	av_freep(&io->buffer);
	avio_context_free(&io);
}
