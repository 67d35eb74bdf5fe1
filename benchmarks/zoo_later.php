<?php
// A month of work on a filled WordPress, by its own functions: edits, comments, new posts.
$_SERVER += ['HTTP_HOST' => '127.0.0.1', 'REQUEST_METHOD' => 'GET', 'REQUEST_URI' => '/'];
$_SERVER['SERVER_PROTOCOL'] = 'HTTP/1.1';
require $argv[1].'/wp-load.php';
$given = json_decode(file_get_contents($argv[2]), true);
foreach ($given['edits'] as $url => $edit) {
  $post = get_post(url_to_postid($url));
  $content = str_replace($edit[0], $edit[1], $post->post_content);
  if ($content === $post->post_content) { fwrite(STDERR, "$url: its text is not found\n"); exit(1); }
  wp_update_post(wp_slash(['ID' => $post->ID, 'post_content' => $content]));
}
foreach ($given['commented'] as $url) wp_insert_comment(['comment_post_ID' => url_to_postid($url),
  'comment_author' => 'A reader', 'comment_author_email' => 'a@example.test',
  'comment_content' => 'COMMENTMARK This came a month later than all the others.',
  'comment_approved' => 1]);
$made = [];
foreach ($given['posts'] as $title => $text) {
  $id = wp_insert_post(['post_title' => $title, 'post_content' => $text, 'post_status' => 'publish',
    'post_author' => 2]);
  $made[] = get_permalink($id);
}
echo json_encode($made);
