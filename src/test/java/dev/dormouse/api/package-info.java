/** Tests of the REST API, over real HTTP on a real store; every answer is held to the document. */
@NullMarked
package dev.dormouse.api;

import org.jspecify.annotations.NullMarked;
