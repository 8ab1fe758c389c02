// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>
#include <strings.h>
#include "kinds.h"

static bool ends_in(const char *name, const char *const *endings)
{
	const char *slash = strrchr(name, '/'), *dot = strrchr(name, '.');

	if (!dot || dot == name || (slash && dot < slash + 2))
		return false;
	for (; *endings; endings++)
		if (!strcasecmp(dot + 1, *endings))
			return true;
	return false;
}

bool is_sheet_name(const char *name)
{
	static const char *const endings[] = { "cue", NULL };

	return ends_in(name, endings);
}

bool is_playlist_name(const char *name)
{
	static const char *const endings[] = { "m3u", "m3u8", "pls", "xspf", NULL };

	return ends_in(name, endings);
}

bool is_music_name(const char *name)
{
	static const char *const endings[] = {
		"wav", "flac", "aif", "aiff", "aifc", "ogg", "oga", "opus", "mp3", "mp2",
		"au", "snd", "caf", "w64", "rf64", "raw", "pcm", "cdda", "cdr", "m4a",
		"mp4", "aac", "alac", "wma", "ape", "wv", "mpc", "tta", "dsf", "dff",
		"ac3", "eac3", "dts", "mka", "webm", "m4b", "mp1", "mpa", "mpga", "voc",
		"spx", "tak", "shn", "amr", "awb", "3ga", "ra", "m4r", "mlp", "thd",
		"dtshd", "oma", "vqf", "gsm", "nist", "sph", "8svx", "adx", "ast", "xm",
		"s3m", NULL,
	};

	return ends_in(name, endings);
}

bool is_companion_name(const char *name)
{
	static const char *const endings[] = {
		"jpg", "jpeg", "png", "gif", "bmp", "tif", "tiff", "webp", "heic", "svg", "pdf",
		"txt", "log", "nfo", "md", "rtf", "doc", "docx", "htm", "html", "url", "xml",
		"json", "md5", "sfv", "ffp", "sha1", "sha256", "st5", "accurip", "par2", "sig",
		"asc", "ini", "db", "lrc", "toc", "diz", "torrent", "zip", "bak", "cdt", NULL,
	};

	return ends_in(name, endings);
}
