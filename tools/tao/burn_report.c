// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>
#include "burn_plot.h"
#include "burn_report.h"
#include "common.h"
#include "facts.h"
#include "html.h"

/* Wide tables and pictures scroll on a narrow screen, the page does not. */
static const char head[] =
	"<html lang=en>\n<head>\n<meta charset=utf-8>\n"
	"<meta name=viewport content='width=device-width, initial-scale=1'>\n"
	"<meta name=color-scheme content='light dark'>\n"
	"<meta http-equiv=Content-Security-Policy content=\"default-src 'none'; "
	"style-src 'unsafe-inline'\">\n"
	"<style>\n"
	":root { --paper: #fff; --ink: #1c1e21; --faint: #61666d; --line: #d5d8dc;\n"
	"  --done: #3f72af; --good: #1e7b4d; --bad: #b3261e; --speed: #1f5fa8; --buffer: #a4690a; }\n"
	"@media (prefers-color-scheme: dark) { :root { --paper: #16181b; --ink: #e6e7e9;\n"
	"  --faint: #a3a8af; --line: #3a3e44; --done: #4f86c6; --good: #57b98a; --bad: #f2766b;\n"
	"  --speed: #6fb1ff; --buffer: #e5ab4f; } }\n"
	"body { margin: 0 auto; padding: 1rem; max-width: 60rem; background: var(--paper);\n"
	"  color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }\n"
	"article + article { border-top: 3px double var(--line); margin-top: 3rem; }\n"
	"h1 { font-size: 1.6rem; line-height: 1.2; margin: 1rem 0 0; }\n"
	"h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; }\n"
	"h3 { font-size: 1rem; margin: 1.5rem 0 .25rem; }\n"
	"h1, h2, p, dd, td.name { overflow-wrap: anywhere; }\n"
	".when, figcaption, small { color: var(--faint); }\n"
	".result { border-left: .4rem solid var(--faint); padding: .25rem .75rem; }\n"
	".result.good { border-color: var(--good); }\n"
	".result.bad { border-color: var(--bad); }\n"
	"dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 1rem; }\n"
	"dt { color: var(--faint); }\n"
	"dd { margin: 0; min-width: 0; }\n"
	"figure, .wide { margin: 1rem 0; overflow-x: auto; }\n"
	"figure svg { display: block; width: 100%; min-width: 38rem; }\n"
	"table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }\n"
	"th, td { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0;\n"
	"  border-bottom: 1px solid var(--line); }\n"
	"th { color: var(--faint); font-weight: normal; white-space: nowrap; }\n"
	"td.number, th.number { text-align: right; }\n"
	"td.number, code { white-space: nowrap; }\n"
	"td.name { min-width: 12rem; }\n"
	"code { font: .9em ui-monospace, monospace; }\n"
	"small { display: block; }\n"
	"td.good { color: var(--good); }\n"
	"td.bad, small.bad { color: var(--bad); }\n"
	"svg text { font: 12px system-ui, sans-serif; fill: var(--faint); text-anchor: middle; }\n"
	"svg text.left { text-anchor: end; fill: var(--speed); }\n"
	"svg text.right { text-anchor: start; fill: var(--buffer); }\n"
	"svg g rect { stroke: var(--paper); fill: var(--done); }\n"
	"svg g text { fill: var(--paper); }\n"
	"svg g.same rect { fill: var(--good); }\n"
	"svg g.bad rect { fill: var(--bad); }\n"
	"svg g.cut rect { fill: none; stroke: var(--bad); stroke-dasharray: 4; }\n"
	"svg g.cut text { fill: var(--ink); }\n"
	"svg .disc { fill: none; stroke: var(--line); }\n"
	"svg path { fill: none; stroke-width: 1.5; }\n"
	"svg path.grid { stroke: var(--line); stroke-width: 1; }\n"
	"svg path.speed { stroke: var(--speed); }\n"
	"svg path.buffer { stroke: var(--buffer); }\n"
	"svg path.miss { stroke: var(--bad); fill: var(--bad); stroke-width: 1; }\n"
	"span.speed { color: var(--speed); }\n"
	"span.buffer { color: var(--buffer); }\n"
	"span.miss { color: var(--bad); }\n"
	"@media print { body { max-width: none; } }\n"
	"</style>\n";

/* Takes over @facts. */
static void put_facts(FILE *out, struct facts facts)
{
	fputs("<dl>\n", out);
	for (size_t i = 0; i < facts.count; i++) {
		bool same = i && !strcmp(facts.all[i].name, facts.all[i - 1].name);

		if (!same)
			html_element(out, "dt", "%s", facts.all[i].name);
		html_element(out, same ? "dd style='grid-column: 2'" : "dd", "%s",
			     facts.all[i].text);
		fputc('\n', out);
	}
	fputs("</dl>\n", out);
	facts_free(&facts);
}

/* --- Tracks --- */

static void put_name(FILE *out, const struct album *album, const struct track *source,
		     const struct record_track *track)
{
	char *name = track_name(album, source), *file = facts_of_source(album, source);

	fputs("<td class=name>", out);
	html_text(out, name);
	html_element(out, "small", "%s", file);
	if (source->isrc[0])
		html_element(out, "small", "ISRC %s", source->isrc);
	if (facts_of_track(track))
		html_element(out, "small class=bad", "%s", facts_of_track(track));
	fputs("</td>", out);
	free(file);
	free(name);
}

static void put_place(FILE *out, const struct record_track *track)
{
	char start[TIME_SIZE], length[TIME_SIZE] = "-", all[SUM_SIZE], without[SUM_SIZE];

	if (track->sectors != TAO_UNKNOWN)
		format_msf(track->sectors, length);
	html_element(out, "td class=number", "%s", format_msf(track->start_lba, start));
	html_element(out, "td class=number", "%s", length);
	facts_sums(track, all, without);
	fputs("<td>", out);
	html_element(out, "code", "%s", all);
	fputs("</td><td>", out);
	html_element(out, "code", "%s", without);
	fputs("</td>", out);
}

static void put_verdict(FILE *out, const struct compared *c)
{
	if (!c->text) {
		fputs("<td>-</td>", out);
		return;
	}
	fputs(c->exit_status ? "<td class=bad>" : "<td class=good>", out);
	html_text(out, c->text);
	fputs("</td>", out);
}

static void put_hidden(FILE *out, const struct record_track *track, bool verify)
{
	if (!track->begun)
		return;
	fputs("<tr><td></td><td class=name>hidden audio</td>", out);
	put_place(out, track);
	if (verify)
		put_verdict(out, &track->compared);
	fputs("</tr>\n", out);
}

static void put_track(FILE *out, const struct album *album, size_t i,
		      const struct record_track *track, bool verify)
{
	if (!track->begun)
		return;
	fputs("<tr>", out);
	html_element(out, "td class=number", "%u", track->number);
	put_name(out, album, &album->tracks[i], track);
	put_place(out, track);
	if (verify)
		put_verdict(out, &track->compared);
	fputs("</tr>\n", out);
}

static void put_tracks(FILE *out, const struct burn_command *c, const struct drive_record *d)
{
	bool verify = c->options.verify;

	fputs("<div class=wide><table>\n<tr><th></th><th>Track</th>", out);
	fputs("<th class=number>Start</th><th class=number>Length</th>", out);
	fprintf(out, "<th>CRC-32</th><th>not null</th>%s</tr>\n",
		verify ? "<th>Comparison</th>" : "");
	put_hidden(out, &d->hidden, verify);
	for (size_t i = 0; i < d->record->tracks_count; i++)
		put_track(out, &c->album, i, &d->tracks[i], verify);
	fputs("</table></div>\n", out);
}

/* --- Drives --- */

static void put_events(FILE *out, const struct drive_record *d)
{
	char *error = facts_of_error(d), stamp[STAMP_SIZE];

	if (!d->events_count && !error)
		return;
	fputs("<h3>What happened</h3>\n<dl>\n", out);
	for (size_t i = 0; i < d->events_count; i++) {
		html_element(out, "dt", "%s", format_stamp(d->events[i].at, "%H:%M:%S", stamp));
		html_element(out, "dd", "%s", d->events[i].text);
		fputc('\n', out);
	}
	fputs("</dl>\n", out);
	if (error)
		html_element(out, "p", "%s", error);
	free(error);
}

static void put_result(FILE *out, const struct drive_record *d)
{
	fprintf(out, "<div class='result %s'>\n",
		d->exit_status ? "bad" : d->ended && d->began ? "good" : "open");
	put_facts(out, facts_of_end(d));
	fputs("</div>\n", out);
}

static void put_drive(FILE *out, const struct burn_command *c, const struct drive_record *d)
{
	html_element(out, "h2", "%s%s%s", d->path, d->which ? ", " : "",
		     d->which ? d->which : "");
	fputc('\n', out);
	put_result(out, d);
	if (!d->began)
		return;
	put_facts(out, facts_of_drive(d));
	plot_disc(out, d, &c->album);
	plot_speed(out, d);
	put_tracks(out, c, d);
	put_events(out, d);
}

void burn_report_print(FILE *out, const struct burn_command *c, bool again)
{
	const struct record *record = c->record;
	const struct album *album = &c->album;
	char stamp[STAMP_SIZE];

	if (!again) {
		fprintf(out, "%s%s", BURN_REPORT_FIRST, head);
		html_element(out, "title", "%s: burned", album->title ? album->title : "CD");
		fputs("\n</head>\n<body>\n", out);
	}
	fputs("<article>\n", out);
	html_element(out, "h1", "%s%s%s", album->title && album->artist ? album->artist : "",
		     album->title && album->artist ? ": " : "",
		     album->title ? album->title : "Audio CD");
	html_element(out, "p class=when", "Burned %s",
		     format_stamp(record->began, "%Y-%m-%d %H:%M:%S %z", stamp));
	fputc('\n', out);
	put_facts(out, facts_of_burn(c));
	for (size_t i = 0; i < record->drives_count; i++)
		put_drive(out, c, record->drives[i]);
	if (record->end)
		html_element(out, "p class=when", "The burn ended %s with exit status %d (%s).",
			     format_stamp(record->end, "%Y-%m-%d %H:%M:%S %z", stamp),
			     record->exit_status, result_name(record->exit_status));
	fputs("\n</article>\n", out);
}
